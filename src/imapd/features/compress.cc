// COMPRESS=DEFLATE (RFC 4978): from the octet after the tagged OK on, in both directions.
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

bool offers_compress(const Session& session) { return session.config().compress && !session.stream().deflated(); }

// RFC 4978 3: BAD for an unknown algorithm, and where COMPRESS is active already.
task<Result<Completion>> run_compress(Session& session, imap::Command& command) {
  if (session.stream().deflated()) {
    co_return Completion{.condition = imap::Condition::bad,
                         .code = imap::ResponseCode(imap::kCompressionActive),
                         .text = "Compression is active already."};
  }
  if (!session.config().compress || std::get<imap::Compress>(command.body).algorithm != "DEFLATE") {
    co_return bad("No such compression.");
  }
  // RFC 4978 3: a client that did not wait for the OK sent what nobody can read now.
  if (!session.input().rest().empty()) co_return bad("Nothing may follow COMPRESS before its OK.");
  imap::write_tagged(session.buffer(), command.tag, imap::Condition::ok, {}, "DEFLATE active.");
  ROOST_CO_TRY_VOID(co_await session.flush());
  ROOST_CO_TRY_VOID(session.stream().start_deflate());
  co_return Completion{.sent = true};
}

constexpr Capability kCapabilities[] = {{"COMPRESS=DEFLATE", kLoggedIn, offers_compress}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::compress, kLoggedIn, Hazard::ignores, 0, kSmallCommandBytes, run_compress},
};

}  // namespace

constinit const Feature kCompress = {.name = "compress", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
