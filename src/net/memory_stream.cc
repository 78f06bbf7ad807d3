#include "net/memory_stream.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "net/parking.h"

namespace roost::net {
namespace {

// One end's state. Only its own loop touches it; the other end sends it work.
struct End {
  End(rt::Loop& l, const MemoryStreamOptions& o) : loop(l), options(o) {}

  rt::Loop& loop;
  const MemoryStreamOptions options;
  std::string inbox;
  size_t taken = 0;      // of inbox
  size_t in_flight = 0;  // written here, and not yet read by the other end
  bool ended = false;    // the other end writes no more
  bool deaf = false;     // the other end is gone: writing is an error
  bool aborted = false;
  bool finished = false;  // close() was called
  bool woken = false;
  bool waiting = false;  // in wait(), which wake() ends, and not in read()
  Parking reader;
  Parking writer;

  size_t unread() const { return inbox.size() - taken; }

  void deliver(const std::string& bytes) {
    inbox.erase(0, std::exchange(taken, 0));
    inbox += bytes;
    reader.resume_now(Ready::readable);
  }
  void acknowledge(size_t bytes) {
    in_flight -= bytes;
    writer.resume_now(Ready::readable);
  }
  void end(bool gone) {
    ended = true;
    deaf = deaf || gone;
    reader.resume_soon(loop, Ready::readable);
    if (deaf) writer.resume_soon(loop, Ready::closed);
  }
};

class MemoryStream final : public Stream {
 public:
  MemoryStream(std::shared_ptr<End> self, std::shared_ptr<End> other)
      : self_(std::move(self)), other_(std::move(other)) {}
  MemoryStream(const MemoryStream&) = delete;
  MemoryStream& operator=(const MemoryStream&) = delete;
  ~MemoryStream() override {
    other_->loop.post([other = other_] { other->end(true); });
  }

  task<Result<size_t>> read(std::span<char> into) override {
    for (;;) {
      if (self_->aborted) co_return closed();
      if (self_->unread() > 0) co_return take(into);
      if (self_->ended) co_return closed();
      co_await self_->reader.park(self_->loop, std::nullopt);
    }
  }

  task<Ready> wait(std::optional<Millis> timeout) override {
    if (self_->aborted) co_return Ready::closed;
    if (std::exchange(self_->woken, false)) co_return Ready::woken;
    if (self_->unread() > 0) co_return Ready::readable;
    if (self_->ended) co_return Ready::closed;
    self_->waiting = true;
    const Ready why = co_await self_->reader.park(self_->loop, timeout);
    self_->waiting = false;
    if (why == Ready::woken) self_->woken = false;
    if (why == Ready::readable && self_->unread() == 0) co_return Ready::closed;
    co_return why;
  }

  void wake() override {
    self_->woken = true;
    if (self_->waiting) self_->reader.resume_soon(self_->loop, Ready::woken);
  }

  task<Result<>> write(BytesView data) override {
    while (!data.empty()) {
      if (self_->aborted || self_->deaf || self_->finished) co_return closed();
      const size_t room = self_->options.buffer_bytes_max - self_->in_flight;
      if (room == 0) {
        const Ready why = co_await self_->writer.park(self_->loop, self_->options.write_ms_max);
        if (why == Ready::timed_out) abort();
        continue;
      }
      send(data.substr(0, room));
      data.remove_prefix(std::min(room, data.size()));
    }
    co_return Result<>{};
  }

  void discard_input() override { acknowledge(self_->unread()); }
  task<Result<>> start_tls() override { co_return fault("no TLS in memory"); }
  Result<> start_deflate() override { return fault("no DEFLATE in memory"); }
  void stop_deflate() override {}
  const std::optional<TlsInfo>& tls() const override { return no_tls_; }
  bool deflated() const override { return false; }
  const Peer& peer() const override { return self_->options.peer; }
  rt::Loop& loop() override { return self_->loop; }

  void abort() override {
    self_->aborted = true;
    self_->reader.resume_soon(self_->loop, Ready::closed);
    self_->writer.resume_soon(self_->loop, Ready::closed);
    other_->loop.post([other = other_] { other->end(true); });
  }

  task<> close() override {
    self_->finished = true;
    other_->loop.post([other = other_] { other->end(false); });
    co_return;
  }

 private:
  size_t take(std::span<char> into) {
    const size_t most = self_->options.byte_at_a_time ? 1 : into.size();
    const size_t size = std::min({most, into.size(), self_->unread()});
    std::memcpy(into.data(), self_->inbox.data() + self_->taken, size);
    acknowledge(size);
    return size;
  }
  void acknowledge(size_t bytes) {
    self_->taken += bytes;
    other_->loop.post([other = other_, bytes] { other->acknowledge(bytes); });
  }
  void send(BytesView bytes) {
    self_->in_flight += bytes.size();
    other_->loop.post([other = other_, chunk = std::string(bytes)] { other->deliver(chunk); });
  }

  const std::shared_ptr<End> self_;
  const std::shared_ptr<End> other_;
  const std::optional<TlsInfo> no_tls_;
};

}  // namespace

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> make_memory_streams(rt::Loop& first, rt::Loop& second,
                                                                                MemoryStreamOptions options) {
  auto one = std::make_shared<End>(first, options);
  auto two = std::make_shared<End>(second, options);
  return {std::make_unique<MemoryStream>(one, two), std::make_unique<MemoryStream>(two, one)};
}

}  // namespace roost::net
