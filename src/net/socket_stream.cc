#include "net/socket_stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "base/log.h"
#include "net/moving.h"

namespace roost::net {
namespace {

using Side = Socket::Side;

// Operations without a pause before everybody else on the loop gets a turn.
constexpr uint8_t kEagerMax = 32;
constexpr size_t kInflateInputBytes = 8 * 1024;
// Inputs that inflate to nothing (empty blocks), in a row, before everybody else gets a turn.
constexpr int kBarrenInputsMax = 8;
constexpr Millis kCloseMsMax{1000};
// What a peer may still send after the end was announced, before it is cut off.
constexpr size_t kLingerBytesMax = 1024 * 1024;
constexpr size_t kDiscardBytesMax = 1024 * 1024;

}  // namespace

SocketStream::SocketStream(rt::Loop& loop, FileDescriptor fd, Peer peer, StreamTimeouts timeouts,
                           std::shared_ptr<TlsContext> tls)
    : loop_(&loop),
      socket_(std::make_shared<Socket>(loop, std::move(fd))),
      timeouts_(timeouts),
      tls_context_(std::move(tls)),
      peer_(std::move(peer)) {}

SocketStream::~SocketStream() {
  if (live_ != nullptr) live_->remove(*this);
  tls_.reset();  // while its socket is open
  socket_->close();
}

// --- Reading ---

Step SocketStream::try_read_below(std::span<char> into) {
  if (!tls_) {
    const Step step = socket_->read(into);
    drained_ = step.done() && step.bytes < into.size();
    return step;
  }
  const Step step = tls_->read(into);
  drained_ = step.done() && step.bytes < into.size() && !tls_->holds_bytes();
  return step;
}

Step SocketStream::try_inflate(std::span<char> into) {
  auto& inflater = deflate_->inflater;
  std::array<char, kInflateInputBytes> fresh;
  std::string old;  // owns what `in` refers to
  BytesView in;
  for (int barren = 0; barren < kBarrenInputsMax;) {
    if (in.empty() && !deflate_->received.empty()) {
      old = std::exchange(deflate_->received, {});
      in = old;
    } else if (in.empty() && !inflater.holds_output()) {
      const Step below = drained_ ? Step{Step::Kind::want_read} : try_read_below(fresh);
      if (!below.done()) return below;
      in = BytesView(fresh.data(), below.bytes);
    }
    const auto outcome = inflater.inflate(in, into);
    in.remove_prefix(outcome.consumed);
    if (outcome.produced > 0) {
      deflate_->received = in;
      return Step{Step::Kind::done, outcome.produced};
    }
    if (outcome.broken) return Step{Step::Kind::closed};
    if (in.empty() || outcome.consumed == 0) ++barren;
  }
  deflate_->received = in;
  return Step{Step::Kind::again};
}

// Behind the last command that was compressed.
Step SocketStream::try_end_deflate(std::span<char> into) {
  std::array<char, kInflateInputBytes> fresh;
  const std::string old = std::exchange(deflate_->received, {});
  BytesView in = old;
  if (in.empty()) {
    const Step below = drained_ ? Step{Step::Kind::want_read} : try_read_below(fresh);
    if (!below.done()) return below;
    in = BytesView(fresh.data(), below.bytes);
  }
  if (!deflate_->end->take(deflate_->inflater, in)) return Step{Step::Kind::again};
  plain_ = in;
  deflate_.reset();
  return plain_.empty() ? Step{Step::Kind::again} : take_plain(into);
}

Step SocketStream::take_plain(std::span<char> into) {
  const size_t size = std::min(into.size(), plain_.size());
  std::copy_n(plain_.begin(), size, into.begin());
  plain_.erase(0, size);
  return Step{Step::Kind::done, size};
}

Step SocketStream::try_read(std::span<char> into) {
  if (deflate_) return deflate_->end ? try_end_deflate(into) : try_inflate(into);
  if (!plain_.empty()) return take_plain(into);
  if (drained_) return Step{Step::Kind::want_read};
  return try_read_below(into);
}

// What is there after the octet that wait() has taken already.
Step SocketStream::take_ahead(std::span<char> into) {
  into.front() = *std::exchange(ahead_, std::nullopt);
  Step more;
  if (into.size() > 1) more = try_read(into.subspan(1));
  return Step{Step::Kind::done, more.done() ? more.bytes + 1 : 1};
}

task<Result<size_t>> SocketStream::read(std::span<char> into) {
  if (into.empty()) co_return size_t{0};
  for (;;) {
    if (aborted_) co_return closed();
    const Step step = ahead_ ? take_ahead(into) : try_read(into);
    if (step.closed()) co_return closed();
    if (step.done()) {
      if (++eager_ < kEagerMax) co_return step.bytes;
      eager_ = 0;
      co_await loop_->yield();
      co_return step.bytes;
    }
    eager_ = 0;
    if (step.kind == Step::Kind::again) {
      co_await loop_->yield();
      continue;
    }
    co_await socket_->park(Side::reader, step.kind, std::nullopt);
    drained_ = false;
  }
}

task<Ready> SocketStream::wait(std::optional<Millis> timeout) {
  std::optional<TimePoint> deadline;
  if (timeout) deadline = loop_->clock().now() + *timeout;
  for (;;) {
    if (aborted_) co_return Ready::closed;
    if (std::exchange(woken_, false)) co_return Ready::woken;
    if (ahead_) co_return Ready::readable;
    char octet = 0;
    const Step step = try_read(std::span(&octet, 1));
    if (step.done()) ahead_ = octet;
    if (step.done()) co_return Ready::readable;
    if (step.closed()) co_return Ready::closed;
    eager_ = 0;
    if (step.kind == Step::Kind::again) {
      if (deadline && loop_->clock().now() >= *deadline) co_return Ready::timed_out;
      co_await loop_->yield();
      continue;
    }
    waiting_ = true;
    const Ready why = co_await socket_->park(Side::reader, step.kind, deadline ? left_until(*deadline) : std::nullopt);
    waiting_ = false;
    if (why == Ready::timed_out) co_return aborted_ ? Ready::closed : why;
    if (why != Ready::readable) continue;
    drained_ = false;  // try: `readable` may be about bytes that have been read since they came
  }
}

void SocketStream::wake() {
  woken_ = true;
  if (waiting_) socket_->resume_soon(Side::reader, Ready::woken);
}

void SocketStream::discard_input() {
  std::array<char, 4096> thrown_away;
  ahead_.reset();
  plain_.clear();
  drained_ = false;
  for (size_t total = 0; total < kDiscardBytesMax;) {
    const Step step = try_read(thrown_away);
    if (!step.done()) return;
    total += step.bytes;
  }
}

// --- Writing ---

Step SocketStream::try_write(BytesView data) { return tls_ ? tls_->write(data) : socket_->write(data); }

task<Result<>> SocketStream::write(BytesView data) { return deflated() ? write_deflated(data) : write_through(data); }

task<Result<>> SocketStream::write_through(BytesView data) {
  while (!data.empty()) {
    if (aborted_) co_return closed();
    const Step step = try_write(data);
    if (step.closed()) co_return closed();
    if (step.done()) {
      data.remove_prefix(step.bytes);
      if (++eager_ < kEagerMax) continue;
      eager_ = 0;
      co_await loop_->yield();
      continue;
    }
    eager_ = 0;
    const Ready why = co_await socket_->park(Side::writer, step.kind, timeouts_.write_ms_max);
    if (why == Ready::timed_out) {
      log::info("write_timeout", {{"peer", peer_.address}});
      abort();
    }
  }
  co_return Result<>{};
}

task<Result<>> SocketStream::write_deflated(BytesView data) {
  std::string out;
  while (!data.empty()) {
    const size_t size = std::min(data.size(), kCompressBytesMax);
    out.clear();
    deflate_->deflater.compress(data.substr(0, size), out);
    data.remove_prefix(size);
    ROOST_CO_TRY_VOID(co_await write_through(out));
    if (!data.empty()) co_await loop_->yield();  // compressing is slow next to everything else here
  }
  co_return Result<>{};
}

// --- Changing what is in between ---

task<Result<>> SocketStream::start_tls() {
  if (aborted_) co_return closed();
  if (!tls_context_ || tls_ || deflate_) co_return fault("TLS cannot start here");
  ssl_st* ssl = tls_context_->new_ssl();
  if (ssl == nullptr) co_return fault("no memory for TLS");
  tls_ = std::make_unique<TlsLayer>(ssl, socket_->fd());
  ahead_.reset();
  plain_.clear();
  drained_ = false;
  const bool shaken = co_await shake_hands(loop_->clock().now() + timeouts_.handshake_ms_max);
  if (!shaken) {
    abort();
    co_return closed();
  }
  tls_info_ = tls_->info();
  co_return Result<>{};
}

std::vector<ChannelBinding> SocketStream::channel_bindings() const {
  return tls_ ? tls_->channel_bindings() : std::vector<ChannelBinding>();
}

task<bool> SocketStream::shake_hands(TimePoint deadline) {
  while (!aborted_) {
    const Step step = tls_->handshake();
    if (step.done()) co_return true;
    if (step.closed()) co_return false;
    const Ready why = co_await socket_->park(Side::reader, step.kind, left_until(deadline));
    if (why != Ready::readable) co_return false;
  }
  co_return false;
}

Result<> SocketStream::start_deflate() {
  if (aborted_) return closed();
  if (deflate_) return fault("DEFLATE is on already");
  deflate_ = std::make_unique<Deflate>();
  if (auto octet = std::exchange(ahead_, std::nullopt)) deflate_->received = *octet;
  deflate_->received += std::exchange(plain_, {});
  return {};
}

void SocketStream::stop_deflate() {
  if (deflate_) deflate_->end.emplace();
}

// --- The end ---

std::optional<Millis> SocketStream::left_until(TimePoint deadline) const {
  return std::max(std::chrono::ceil<Millis>(deadline - loop_->clock().now()), Millis(0));
}

void SocketStream::abort() {
  if (std::exchange(aborted_, true)) return;
  socket_->shut_down();
  socket_->resume_soon(Side::reader, Ready::closed);
  socket_->resume_soon(Side::writer, Ready::closed);
}

task<> SocketStream::close() {
  if (aborted_) co_return;
  const auto deadline = loop_->clock().now() + kCloseMsMax;
  co_await send_close_notify(deadline);
  if (aborted_) co_return;
  socket_->shut_down_sending();
  co_await await_end(deadline);
  abort();
}

task<> SocketStream::send_close_notify(TimePoint deadline) {
  while (tls_ && !aborted_) {
    const Step step = tls_->shut_down();
    if (step.done() || step.closed()) co_return;
    const Ready why = co_await socket_->park(Side::reader, step.kind, left_until(deadline));
    if (why != Ready::readable) co_return;
  }
}

// Closing a socket with unread input resets the connection, and a reset may overtake our last words.
task<> SocketStream::await_end(TimePoint deadline) {
  std::array<char, 4096> unheard;
  for (size_t total = 0; !aborted_ && total < kLingerBytesMax;) {
    const Step step = socket_->read(unheard);
    if (step.closed()) co_return;
    total += step.bytes;
    if (step.done()) continue;
    const Ready why = co_await socket_->park(Side::reader, step.kind, left_until(deadline));
    if (why != Ready::readable) co_return;
  }
}

// --- For the listener ---

void SocketStream::join(LiveStreams& live, std::shared_ptr<void> lease) {
  lease_ = std::move(lease);
  live_ = &live;
  live.add(*this);
}

task<Result<ProxyHeader>> SocketStream::take_proxy_header(Millis timeout) {
  const auto deadline = loop_->clock().now() + timeout;
  std::string header;
  std::array<char, 512> seen;
  while (!aborted_) {
    const ssize_t peeked = ::recv(socket_->fd(), seen.data(), seen.size(), MSG_PEEK);
    if (peeked == 0) break;
    if (peeked > 0) {
      const auto parsed = parse_proxy_header(header + std::string(seen.data(), static_cast<size_t>(peeked)));
      if (!parsed && parsed.error() == ProxyHeaderError::malformed) break;
      // An incomplete header goes on beyond all that was seen.
      const size_t own = parsed ? parsed->bytes - header.size() : static_cast<size_t>(peeked);
      const Step step = socket_->read(std::span(seen).first(own));
      if (parsed && step.done()) co_return *parsed;
      header.append(seen.data(), step.bytes);
      continue;
    }
    const Ready why = co_await socket_->park(Side::reader, Step::Kind::want_read, left_until(deadline));
    if (why != Ready::readable) break;
  }
  co_return closed();
}

// --- From loop to loop ---

task<> SocketStream::move_to(rt::Loop& loop) {
  if (&loop == loop_ || aborted_ || live_ == nullptr || !live_->has_room(*loop_, loop)) co_return;
  live_->remove(*this);
  FileDescriptor fd = socket_->release();  // and the events that were asked for
  co_await loop.hop();
  loop_ = &loop;
  try {
    socket_ = std::make_shared<Socket>(loop, std::move(fd));
  } catch (const std::exception& e) {
    log::warn("connection_dropped", {{"peer", peer_.address}, {"why", e.what()}});
    aborted_ = true;
  }
  live_->add(*this);
}

task<> move_to(Stream& stream, rt::Loop& loop) {
  if (auto* socket = dynamic_cast<SocketStream*>(&stream)) co_await socket->move_to(loop);
}

std::unique_ptr<Stream> adopt_socket(rt::Loop& loop, int fd, Peer peer, StreamTimeouts timeouts,
                                     std::shared_ptr<TlsContext> tls) {
  return std::make_unique<SocketStream>(loop, FileDescriptor(fd), std::move(peer), timeouts, std::move(tls));
}

}  // namespace roost::net
