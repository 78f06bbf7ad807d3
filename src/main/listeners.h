// All sockets that the server listens on.
#pragma once

#include <memory>
#include <vector>

#include "main/config.h"
#include "net/listener.h"
#include "rt/loop.h"

namespace roost::main {

struct Handlers {
  net::Serve imap;
  net::Serve lmtp;
  net::Serve control;
};

class Listeners {
 public:
  // Binds them all, the control socket (DIR/control.sock, 0600) included. One sentence if one fails.
  static Result<Listeners> open(const Config& config, rt::Loops& loops, std::shared_ptr<net::TlsContext> tls,
                                const Handlers& handlers);

  // "imap 127.0.0.1:1143, imaps …", with the ports that the system chose.
  std::string text() const;
  // Of the Unix sockets.
  std::vector<std::string> unix_paths() const;
  void stop();
  void for_each(const std::function<void(net::Stream&)>& visit);
  // On a loop: waits for the connections to end, as long as `grace`.
  task<> drain(Millis grace);

 private:
  struct Named {
    std::string name;
    std::unique_ptr<net::Listener> listener;
  };
  std::vector<Named> all_;
};

}  // namespace roost::main
