// The superior levels of mailbox names, each once, on a walk in the order of the names' octets.
#pragma once

#include "base/bytes.h"
#include "imap/mailbox_name.h"

namespace roost::imapd {

class NameLevels {
 public:
  // Calls fn(parent) for each level above `name` that is not above the name before it too, from the top. All names
  // below one level stand together in the order, so no level is given twice.
  template <class Fn>
  void for_each_new_parent(BytesView name, Fn&& fn) {
    for (size_t at = name.find(imap::kHierarchySeparator); at != BytesView::npos;
         at = name.find(imap::kHierarchySeparator, at + 1)) {
      if (!BytesView(previous_).starts_with(name.substr(0, at + 1))) fn(name.substr(0, at));
    }
    previous_ = name;
  }

 private:
  Bytes previous_;
};

}  // namespace roost::imapd
