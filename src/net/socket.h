// A non-blocking socket, and the two coroutines that may wait for it: the stream's reader and its writer.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <memory>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "net/file_descriptor.h"
#include "net/parking.h"
#include "net/step.h"
#include "rt/loop.h"

namespace roost::net {

// Belongs to its loop. Shared by its stream and by the event that Asio holds, so that it outlives both.
class Socket : public std::enable_shared_from_this<Socket> {
 public:
  enum class Side : uint8_t { reader, writer };

  Socket(rt::Loop& loop, FileDescriptor fd);

  int fd() { return descriptor_.native_handle(); }
  // Gives the socket up, to whoever makes another of it on another loop. Nobody is parked.
  FileDescriptor release() { return FileDescriptor(descriptor_.release()); }

  Step read(std::span<char> into);
  Step write(BytesView data);

  // co_await: `readable` once the socket may give what `want` (want_read or want_write) asks for, or another reason.
  // One event per direction is asked of the kernel, and stays asked for when somebody else ends the waiting: wake()
  // costs no system call.
  auto park(Side side, Step::Kind want, std::optional<Millis> timeout) {
    auto& place = places_[static_cast<size_t>(side)];
    place.want = want;
    arm(want);
    return place.parking.park(loop_, timeout);
  }
  void resume_soon(Side side, Ready why) { places_[static_cast<size_t>(side)].parking.resume_soon(loop_, why); }

  // No more data is sent; the peer sees the end.
  void shut_down_sending();
  // Nor received.
  void shut_down();
  void close();

 private:
  struct Place {
    Parking parking;
    Step::Kind want = Step::Kind::want_read;
  };

  void arm(Step::Kind want);
  void ready(Step::Kind what);

  rt::Loop& loop_;
  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> descriptor_;
  Place places_[2];
  bool read_armed_ = false;
  bool write_armed_ = false;
};

}  // namespace roost::net
