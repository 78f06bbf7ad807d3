#include "message/charset.h"

#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "message/ascii.h"
#include "message/encoded_word.h"
#include "message/header.h"

namespace roost::message {
namespace {

constexpr size_t kConvertersKeptMax = 16;  // for each thread

struct CloseConverter {
  void operator()(UConverter* c) const { ucnv_close(c); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

// ICU would look for a name such as "../x" among the files of its data directory, and takes options after a comma.
bool is_safe_name(BytesView name) {
  return !name.empty() && name.size() <= kCharsetNameBytesMax && std::ranges::all_of(name, [](char c) {
    return is_digit(c) || is_alpha(c) || c == '-' || c == '_' || c == ':' || c == '+' || c == '.' || c == '(' ||
           c == ')';
  });
}

// In lower case, without the quotes that some senders put around it.
Bytes normalised(BytesView name) {
  while (name.starts_with('\'') || name.starts_with('"')) name.remove_prefix(1);
  while (name.ends_with('\'') || name.ends_with('"')) name.remove_suffix(1);
  return to_lower(name);
}

// What is labelled with the older name is nearly always written in the larger set, and browsers and mail readers take
// it so (https://encoding.spec.whatwg.org, "Names and labels").
BytesView superset(BytesView name) {
  static constexpr auto kSupersets = std::to_array<std::pair<BytesView, BytesView>>({{"gb2312", "gb18030"},
                                                                                     {"gbk", "gb18030"},
                                                                                     {"iso-8859-1", "windows-1252"},
                                                                                     {"latin1", "windows-1252"},
                                                                                     {"iso-8859-9", "windows-1254"},
                                                                                     {"iso-8859-11", "windows-874"},
                                                                                     {"tis-620", "windows-874"}});
  auto found = std::ranges::find(kSupersets, name, &std::pair<BytesView, BytesView>::first);
  return found == kSupersets.end() ? name : found->second;
}

// U+FFFD for what is no character; nothing for what is merely irregular, such as ISO-2022-JP's shift from one charset
// to another with nothing between: encoded words put side by side are full of it.
void substitute(const void* context, UConverterToUnicodeArgs* arguments, const char* octets, int32_t size,
                UConverterCallbackReason reason, UErrorCode* status) {
  if (reason == UCNV_IRREGULAR) {
    *status = U_ZERO_ERROR;
  } else {
    UCNV_TO_U_CALLBACK_SUBSTITUTE(context, arguments, octets, size, reason, status);
  }
}

Converter open_converter(const Bytes& name) {
  if (!is_safe_name(name)) return nullptr;
  UErrorCode status = U_ZERO_ERROR;
  Converter converter(ucnv_open(std::string(superset(name)).c_str(), &status));
  if (U_FAILURE(status)) return nullptr;
  ucnv_setToUCallBack(converter.get(), substitute, nullptr, nullptr, nullptr, &status);
  return U_SUCCESS(status) ? std::move(converter) : nullptr;
}

bool reads_as_utf8(const Converter& converter) {
  UConverterType type = ucnv_getType(converter.get());
  return type == UCNV_UTF8 || type == UCNV_US_ASCII;
}

// Converters of this thread that nobody is using, most lately used last. A charset that ICU does not know is kept too.
struct Idle {
  Bytes name;
  Converter converter;
};
thread_local std::vector<Idle> idle_converters;

Converter lease(const Bytes& name) {
  auto found = std::ranges::find(idle_converters, name, &Idle::name);
  if (found == idle_converters.end()) return open_converter(name);
  Converter out = std::move(found->converter);
  idle_converters.erase(found);
  return out;
}

void give_back(Bytes name, Converter converter) {
  if (converter) ucnv_reset(converter.get());
  if (idle_converters.size() == kConvertersKeptMax) idle_converters.erase(idle_converters.begin());
  idle_converters.push_back({std::move(name), std::move(converter)});
}

bool is_utf8_name(BytesView name) {
  return name.empty() || name == "utf-8" || name == "utf8" || name == "us-ascii" || name == "ascii";
}

// windows-1252; the five octets that it lacks are the C1 controls, as browsers take them.
void append_windows_1252(unsigned char octet, Bytes& out) {
  static constexpr std::array<uint16_t, 32> kHigh = {0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                                     0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
                                                     0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                     0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};
  append_utf8(octet >= 0x80 && octet < 0xa0 ? kHigh[octet - 0x80U] : octet, out);
}

}  // namespace

class CharsetDecoder::State {
 public:
  explicit State(BytesView charset) : name_(normalised(charset)), leased_(!is_utf8_name(name_)) {
    if (leased_) converter_ = lease(name_);
    utf8_ = !converter_ || reads_as_utf8(converter_);
    if (!utf8_) prepare();
  }
  ~State() {
    if (leased_) give_back(std::move(name_), std::move(converter_));
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void feed(BytesView piece, bool last, Bytes& out) {
    if (utf8_) {
      feed_utf8(piece, last, out);
    } else {
      convert(piece, last, out);
    }
  }
  bool is_ascii_superset() const { return utf8_ ? held_.empty() : ascii_superset_; }

 private:
  void prepare();
  void convert(BytesView piece, bool last, Bytes& out);
  void feed_utf8(BytesView piece, bool last, Bytes& out);
  void append_utf16(const UChar* text, int32_t size, Bytes& out);

  Bytes name_;
  bool leased_;
  Converter converter_;
  bool utf8_ = true;  // also where the charset is unknown
  bool ascii_superset_ = false;
  UChar high_surrogate_ = 0;
  Bytes held_;  // UTF-8 cut off
};

// Single-byte charsets that map 7-bit octets to themselves.
void CharsetDecoder::State::prepare() {
  if (ucnv_getMaxCharSize(converter_.get()) != 1) return;
  std::array<char, 128> ascii{};
  for (size_t i = 0; i < ascii.size(); ++i) ascii[i] = static_cast<char>(i);
  std::array<UChar, 129> wide{};
  UErrorCode status = U_ZERO_ERROR;
  int32_t n = ucnv_toUChars(converter_.get(), wide.data(), wide.size(), ascii.data(), ascii.size(), &status);
  ascii_superset_ = U_SUCCESS(status) && n == 128;
  for (size_t i = 0; i < ascii.size(); ++i) ascii_superset_ = ascii_superset_ && wide[i] == i;
  ucnv_reset(converter_.get());
}

void CharsetDecoder::State::convert(BytesView piece, bool last, Bytes& out) {
  const char* from = piece.data();
  const char* end = from + piece.size();
  std::array<UChar, 2048> wide;
  for (;;) {
    UErrorCode status = U_ZERO_ERROR;
    UChar* to = wide.data();
    ucnv_toUnicode(converter_.get(), &to, wide.data() + wide.size(), &from, end, nullptr, last, &status);
    append_utf16(wide.data(), static_cast<int32_t>(to - wide.data()), out);
    if (status != U_BUFFER_OVERFLOW_ERROR) break;
  }
  if (last) ucnv_reset(converter_.get());
}

void CharsetDecoder::State::append_utf16(const UChar* text, int32_t size, Bytes& out) {
  if (size == 0) return;
  std::u16string joined;
  if (high_surrogate_ != 0) {
    joined.push_back(high_surrogate_);
    joined.append(text, static_cast<size_t>(size));
    text = joined.data();
    ++size;
    high_surrogate_ = 0;
  }
  if (U16_IS_LEAD(text[size - 1])) high_surrogate_ = text[--size];
  size_t before = out.size();
  out.resize(before + static_cast<size_t>(size) * 3);
  int32_t written = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strToUTF8WithSub(out.data() + before, size * 3, &written, text, size, 0xfffd, nullptr, &status);
  out.resize(before + static_cast<size_t>(U_FAILURE(status) ? 0 : written));
}

void CharsetDecoder::State::feed_utf8(BytesView piece, bool last, Bytes& out) {
  Bytes joined;
  if (!held_.empty()) {
    joined = std::exchange(held_, {});
    joined += piece;
    piece = joined;
  }
  while (!piece.empty()) {
    size_t valid = utf8_prefix(piece);
    out += piece.substr(0, valid);
    piece.remove_prefix(valid);
    if (piece.empty()) return;
    if (!last && utf8_sequence(piece).cut) {
      held_ = piece;
      return;
    }
    append_windows_1252(static_cast<unsigned char>(piece.front()), out);
    piece.remove_prefix(1);
  }
}

CharsetDecoder::CharsetDecoder(BytesView charset) : state_(std::make_unique<State>(charset)) {}
CharsetDecoder::~CharsetDecoder() = default;
CharsetDecoder::CharsetDecoder(CharsetDecoder&&) noexcept = default;
CharsetDecoder& CharsetDecoder::operator=(CharsetDecoder&&) noexcept = default;

void CharsetDecoder::feed(BytesView piece, bool last, Bytes& out) { state_->feed(piece, last, out); }
bool CharsetDecoder::is_ascii_superset() const { return state_->is_ascii_superset(); }

bool is_known_charset(BytesView charset) {
  Bytes name = normalised(charset);
  if (name.empty()) return false;
  if (is_utf8_name(name)) return true;
  Converter converter = lease(name);
  bool known = converter != nullptr;
  give_back(std::move(name), std::move(converter));
  return known;
}

Bytes to_utf8(BytesView bytes, BytesView charset) {
  Bytes out;
  CharsetDecoder(charset).feed(bytes, true, out);
  return out;
}

}  // namespace roost::message
