#include "sasl/prepare.h"

#include <unicode/usprep.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <vector>

namespace roost::sasl {
namespace {

// Far above every limit on names and passwords; what is longer is refused before it costs anything.
constexpr size_t kTextBytesMax = 16 * 1024;

// Opened once, never closed; reading it is thread-safe.
const UStringPrepProfile* profile() {
  static const UStringPrepProfile* const opened = [] {
    UErrorCode error = U_ZERO_ERROR;
    UStringPrepProfile* p = usprep_openByType(USPREP_RFC4013_SASLPREP, &error);
    return U_SUCCESS(error) ? p : nullptr;
  }();
  return opened;
}

// UTF-16 of a text that may be a password: wiped when it goes.
struct Units {
  std::vector<UChar> units;

  explicit Units(size_t size) : units(size) {}
  Units(const Units&) = delete;
  Units& operator=(const Units&) = delete;
  ~Units() {
    volatile UChar* p = units.data();
    for (size_t i = 0; i < units.size(); ++i) p[i] = 0;
  }
  UChar* data() { return units.data(); }
  int32_t size() const { return static_cast<int32_t>(units.size()); }
};

// SASLprep leaves printable ASCII as it is (RFC 4013 2).
bool is_printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::optional<std::string> to_utf8(const UChar* units, int32_t count) {
  std::string out(static_cast<size_t>(count) * 3, '\0');
  int32_t size = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strToUTF8(out.data(), static_cast<int32_t>(out.size()), &size, units, count, &error);
  if (U_FAILURE(error)) return std::nullopt;
  out.resize(static_cast<size_t>(size));
  return out;
}

}  // namespace

std::optional<std::string> prepare(std::string_view text, Preparation preparation) {
  if (text.empty() || text.size() > kTextBytesMax) return std::nullopt;
  if (is_printable_ascii(text)) return std::string(text);
  if (profile() == nullptr) return std::nullopt;

  Units source(text.size());
  int32_t source_size = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strFromUTF8(source.data(), source.size(), &source_size, text.data(), static_cast<int32_t>(text.size()), &error);
  if (U_FAILURE(error)) return std::nullopt;

  // NFKC makes at most 18 characters of one (U+FDFA).
  Units target(static_cast<size_t>(source_size) * 18 + 1);
  error = U_ZERO_ERROR;
  int32_t options = preparation == Preparation::query ? USPREP_ALLOW_UNASSIGNED : USPREP_DEFAULT;
  int32_t target_size =
      usprep_prepare(profile(), source.data(), source_size, target.data(), target.size(), options, nullptr, &error);
  if (U_FAILURE(error) || target_size == 0) return std::nullopt;
  return to_utf8(target.data(), target_size);
}

std::string prepare_password(std::string_view password) {
  return prepare(password, Preparation::query).value_or(std::string(password));
}

}  // namespace roost::sasl
