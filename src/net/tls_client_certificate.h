// Certificates that clients show, for AUTHENTICATE EXTERNAL.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "net/tls.h"

struct ssl_ctx_st;
struct ssl_st;

namespace roost::net {

// Asks each client for a certificate, which it need not have: one that is issued by none of the authorities in
// `authorities_pem`, has expired or is revoked ends the handshake. PEM: certificates, and revocation lists, which then
// have to be there for each authority that issues to clients. Sessions are resumed only under the same authorities.
Result<> ask_for_client_certificates(ssl_ctx_st* ctx, BytesView authorities_pem, ClientNameField field);

// What the verified certificate says in that field; empty where there is no certificate, the field is missing or there
// more than once, or the certificate has expired since the session that was resumed.
std::string client_name_of(ssl_st* ssl);

}  // namespace roost::net
