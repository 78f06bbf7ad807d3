// Header fields (RFC 5322 2.2), encoded words (RFC 2047) and parameters (RFC 2045 5.1, RFC 2231).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace roost::message {

struct Field {
  BytesView raw;    // name, colon, value, folds and final line end
  BytesView name;   // without blanks before the colon
  BytesView value;  // all after the colon, folds and final line end included
};

// Walks the fields of a header; lines that are no field, and the blank line, are passed over.
class FieldIterator {
 public:
  explicit FieldIterator(BytesView header) : rest_(header) {}
  std::optional<Field> next();
  // After next() gave nothing: the line end that is the blank line, or empty where the header has none.
  BytesView blank_line() const { return blank_line_; }

 private:
  BytesView rest_;
  BytesView blank_line_;
};

// ASCII letters without regard to case.
bool equals_ignoring_case(BytesView a, BytesView b);
Bytes to_lower(BytesView text);

// With its colon: as long as RFC 5322 2.1.1 allows a line to be.
inline constexpr size_t kFieldNameBytesMax = 998;
// A field name's length if `line` begins with one and a colon (RFC 5322 3.6.8, blanks before the colon as 4.5 allows).
std::optional<size_t> field_name_size(BytesView line);

// All fields, for those who look up several.
std::vector<Field> read_fields(BytesView header);
// The first field of that name.
std::optional<Field> find_field(BytesView header, BytesView name);
std::optional<Field> find_field(std::span<const Field> fields, BytesView name);

// Line ends and NULs removed (each fold leaves its white space), blanks at both ends trimmed.
Bytes unfold(BytesView value);

// The value as UTF-8 text: unfolded, and decoded as HeaderTextDecoder does.
Bytes decode_header_text(BytesView value);

struct Parameter {
  Bytes name;             // lower case, without the "*" of RFC 2231
  Bytes value;            // unquoted; of an extended one the octets after percent-decoding
  Bytes charset;          // of an extended parameter
  Bytes language;         // likewise
  bool extended = false;  // it came as name* or name*0*

  friend bool operator==(const Parameter&, const Parameter&) = default;
};

// At most so many parameters of one field are kept, and continuations of one parameter.
inline constexpr size_t kParametersMax = 100;

// A value with parameters: Content-Type ("text/plain; charset=utf-8"), Content-Disposition ("attachment; …").
struct ParameterizedValue {
  Bytes value;  // lower case, comments and blanks removed: "text/plain"
  std::vector<Parameter> parameters;

  const Parameter* find(BytesView name) const;
};
ParameterizedValue parse_parameterized(BytesView field_value);

// The parameter's text in UTF-8, without NULs.
Bytes parameter_text(const Parameter& parameter);
// What the parameters of Content-Type and the like say, where RFC 2231 made it unreadable in the field itself; empty
// for other fields. `field` has its name.
Bytes hidden_parameter_text(BytesView field);

}  // namespace roost::message
