// Which of the grammar's extensions this session may use.
#pragma once

namespace roost::imap {

// The parser knows more than is announced; what is false here is answered BAD, as if it were not known. Whole commands
// (MOVE, IDLE, COMPRESS, …) are refused by the dispatcher's table, not here.
struct Dialect {
  bool sasl_ir = false;                 // RFC 4959: initial response of AUTHENTICATE
  bool multiappend = false;             // RFC 3502
  bool catenate = false;                // RFC 4469
  bool binary = false;                  // RFC 3516: literal8 in APPEND, BINARY[…] in FETCH
  bool special_use = false;             // RFC 6154: LIST selection and return options
  bool create_special_use = false;      // RFC 6154: CREATE x (USE (…))
  bool list_extended = false;           // RFC 5258
  bool list_status = false;             // RFC 5819
  bool list_metadata = false;           // RFC 9590
  bool list_my_rights = false;          // RFC 8440
  bool append_limit = false;            // RFC 7889: STATUS item
  bool status_size = false;             // RFC 8438
  bool status_deleted = false;          // RFC 9051 6.3.11
  bool status_deleted_storage = false;  // RFC 9208 4.1.4
  bool esearch = false;                 // RFC 4731: SEARCH RETURN (…)
  bool searchres = false;               // RFC 5182: RETURN (SAVE) and "$"
  bool partial = false;                 // RFC 9394
  bool sort_display = false;            // RFC 5957: DISPLAYFROM, DISPLAYTO
  bool esort = false;                   // RFC 5267: SORT RETURN (…)
  bool within = false;                  // RFC 5032: OLDER, YOUNGER
  bool condstore = false;               // RFC 7162
  bool qresync = false;                 // RFC 7162
  bool objectid = false;                // RFC 8474
  bool savedate = false;                // RFC 8514
  bool preview = false;                 // RFC 8970
  bool utf8_append = false;             // RFC 6855 4: APPEND x UTF8 (literal8)
  bool utf8_names = false;  // after ENABLE UTF8=ACCEPT or IMAP4rev2: mailbox names are UTF-8, not modified UTF-7
};

}  // namespace roost::imap
