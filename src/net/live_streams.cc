#include "net/live_streams.h"

#include "net/socket_stream.h"

namespace roost::net {
namespace {

// So many more connections than where they come from a loop may have, and still be gone to: the many sessions of one
// account do not all end up on one loop.
constexpr size_t kMoreThanElsewhereMax = 256;

}  // namespace

void LiveStreams::add(SocketStream& stream) {
  OfLoop& here = loops_[stream.loop().index()];
  stream.insert_before(here.head);
  ++here.count;
  if (cut_off_) stream.abort();
}

void LiveStreams::remove(SocketStream& stream) {
  stream.unlink();
  --loops_[stream.loop().index()].count;
}

void LiveStreams::visit_those_here(const std::function<void(Stream&)>& visit) {
  rt::Link& head = loops_[rt::Loop::current()->index()].head;
  for (auto* link = head.next; link != &head; link = link->next) visit(*static_cast<SocketStream*>(link));
}

bool LiveStreams::has_room(const rt::Loop& from, const rt::Loop& to) const {
  return loops_[to.index()].count < loops_[from.index()].count + kMoreThanElsewhereMax;
}

}  // namespace roost::net
