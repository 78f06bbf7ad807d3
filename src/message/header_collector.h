// Takes a part's header line by line, keeps the fields that are wanted, and says what the part is.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "message/line_feeder.h"
#include "message/parser.h"
#include "message/part.h"

namespace roost::message {

// What Content-Type, Content-Transfer-Encoding and Content-Disposition say. The first field of each counts.
struct Content {
  Bytes type;  // lower case; empty where there is none, or none that is valid (RFC 2045 5.2)
  Bytes subtype;
  Bytes charset;
  Bytes boundary;  // without blanks at its end (RFC 2046 5.1.1)
  Encoding encoding = Encoding::seven_bit;
  bool attachment = false;
};

enum class HeaderOf : uint8_t { message, encapsulated, body_part };

// Fields go to Parsed::kept, which all headers of a message share.
class HeaderCollector {
 public:
  HeaderCollector(const ParseLimits& limits, Bytes& kept) : limits_(limits), kept_(kept) {}

  void begin(HeaderOf of);
  // One line, which is not the blank line.
  void line(const Line& line);
  // The header is over. What it kept; content() is complete.
  KeptHeader end();

  const Content& content() const { return content_; }
  // Of the fields that end before this line, which has not been told yet.
  const Content& content_before(const Line& line);

  // The first line that is no field, if no blank line ever comes: the header's end, as a sender that forgot the blank
  // line meant it.
  struct Stray {
    Place begin;
    uint32_t kept_size = 0;
    Content content;
  };
  const std::optional<Stray>& stray() const { return stray_; }
  // After end(), where that is so: forgets the fields after the stray line.
  KeptHeader cut_back();

 private:
  void end_field();
  void keep_field();
  void read_content();
  bool is_wanted(BytesView name) const;

  const ParseLimits& limits_;
  Bytes& kept_;
  HeaderOf of_ = HeaderOf::message;
  KeptHeader header_;
  Content content_;
  bool has_type_ = false;
  bool has_encoding_ = false;
  bool has_disposition_ = false;
  Bytes field_;              // raw, up to field_bytes_max
  uint64_t field_size_ = 0;  // of all of it
  size_t name_size_ = 0;
  bool in_field_ = false;  // a field that is wanted
  bool any_line_ = false;  // something that a fold could continue
  std::optional<Stray> stray_;
};

}  // namespace roost::message
