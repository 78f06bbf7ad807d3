#include "accounts/content_reading.h"

#include <cstring>
#include <utility>

namespace roost::accounts {

bool ContentNote::enter(const mail::Cold& row) {
  Fingerprint what{0, row.size + 1};
  std::memcpy(&what.hash, row.email_id.bytes.data(), sizeof what.hash);
  if (guard_.poisoned(what)) return false;
  note_.emplace(guard_.note(what));
  return true;
}

task<Result<std::vector<std::optional<Bytes>>>> read_octets(AccountPtr account, std::vector<search::Scan::Read> reads) {
  std::vector<store::AccountStore::BlobRange> ranges;
  ranges.reserve(reads.size());
  for (const search::Scan::Read& read : reads) ranges.push_back({read.blob, {read.offset, read.size}});
  auto found = co_await account->bodies(std::move(ranges));
  std::vector<std::optional<Bytes>> octets(found.size());
  for (size_t i = 0; i < found.size(); ++i) {
    if (found[i]) {
      octets[i] = *std::move(found[i]);
    } else if (found[i].error().code != Code::corruption) {
      co_return std::unexpected(found[i].error());
    }
  }
  co_return octets;
}

}  // namespace roost::accounts
