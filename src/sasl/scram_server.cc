#include "sasl/scram_server.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "sasl/base64.h"
#include "sasl/scram_crypto.h"

namespace roost::sasl {
namespace {

Fail failed() { return no(Code::authentication_failed, "Authentication failed."); }

// RFC 5802 3: ClientKey := ClientProof XOR HMAC(StoredKey, AuthMessage), right if H(ClientKey) is StoredKey. `proof` is
// as long as the hash.
bool proves(BytesView proof, const ScramKey& stored_key, BytesView auth_message, ScramHash hash) {
  ScramKey client_key = hmac(hash, view(stored_key), auth_message);
  for (size_t i = 0; i < client_key.size(); ++i) client_key[i] ^= static_cast<uint8_t>(proof[i]);
  ScramKey shown = digest(hash, view(client_key));
  OPENSSL_cleanse(client_key.data(), client_key.size());
  return equal_in_constant_time(view(shown), view(stored_key));
}

}  // namespace

Result<Bytes> check_binding(const ClientFirst& first, bool plus, const std::vector<ChannelBinding>& offered) {
  bool binds = first.binding == BindingFlag::required;
  if (binds != plus) return bad(plus ? "This mechanism binds to the channel." : "Only -PLUS binds to the channel.");
  if (first.binding == BindingFlag::unused && !offered.empty()) return failed();
  if (!binds) return Bytes();
  auto found = std::ranges::find(offered, first.binding_type, &ChannelBinding::type);
  if (found == offered.end()) return no(Code::cannot, "That channel binding is not supported.");
  return found->data;
}

ScramServer::ScramServer(ClientFirst first, ScramVerifier verifier, BytesView binding_data, BytesView server_nonce,
                         std::vector<ScramKeys> others)
    : first_(std::move(first)), hash_(verifier.hash), passwords_(std::move(others)), nonce_(first_.nonce) {
  passwords_.insert(passwords_.begin(), {verifier.stored_key, verifier.server_key});
  nonce_.append(server_nonce);
  channel_binding_ = first_.gs2_header;
  if (first_.binding == BindingFlag::required) channel_binding_.append(binding_data);
  server_first_ = "r=" + nonce_ + ",s=" + encode_base64(verifier.salt) + ",i=" + std::to_string(verifier.iterations);
}

Result<ScramProven> ScramServer::finish(BytesView client_final) const {
  ROOST_TRY(ClientFinal final, parse_client_final(client_final));
  if (final.proof.size() != ScramKey::size_of(hash_)) return bad("Malformed SCRAM message.");
  Bytes auth_message = first_.bare + "," + server_first_ + "," + final.without_proof;
  bool right = false;
  size_t which = 0;
  for (size_t i = 0; i < passwords_.size(); ++i) {
    bool fits = proves(final.proof, passwords_[i].stored_key, auth_message, hash_);
    if (fits) which = i;
    right |= fits;
  }
  ScramKey signature = hmac(hash_, view(passwords_[which].server_key), auth_message);

  right &= equal_in_constant_time(final.nonce, nonce_);
  right &= equal_in_constant_time(final.channel_binding, channel_binding_);
  if (!right) return failed();
  return ScramProven{"v=" + encode_base64(view(signature)), which};
}

}  // namespace roost::sasl
