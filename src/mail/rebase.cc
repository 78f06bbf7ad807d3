#include "mail/rebase.h"

#include "mail/root.h"

namespace roost::mail {

Result<Bytes> rebased_root(BytesView root, AccountId account) {
  ROOST_TRY(Root decoded, read_root(root));
  decoded.account = account;
  decoded.position = Position(0);
  return write_root(decoded);
}

}  // namespace roost::mail
