// Any bytes as a root and as each of the pages that it names: refused, or opened as something that can be worked with.
#include "mail/checkpoint.h"
#include "mail/engine.h"

using namespace roost;
using namespace roost::mail;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Decoder in(BytesView(reinterpret_cast<const char*>(data), size));
  Bytes root(in.bytes());
  auto ids = root_pages(root);
  if (!ids) return 0;
  std::vector<LoadedPage> pages;
  for (PageId id : *ids) pages.push_back({id, Bytes(in.bytes())});
  auto opened = open_root(AccountId(7), root, pages);
  if (!opened) return 0;
  (void)check_snapshot(**opened);
  static const EngineLimits kLimits;
  PlanContext context{&kLimits, 1'700'000'000};
  (*opened)->for_each_mailbox([&](const Mailbox& mailbox) {
    (void)changes_since(mailbox, ModSeq(1));
    (void)plan(**opened, Store{mailbox.id(), {{Uid(1), Uid(UINT32_MAX)}}, StoreHow::add, SystemFlag::seen, {"k"}, {}},
               context);
    return true;
  });
  (void)make_checkpoint(*opened, {1'700'000'000, 0});
  return 0;
}
