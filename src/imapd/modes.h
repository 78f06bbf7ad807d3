// What the client has turned on, by ENABLE or by a command that implies it. It stays on until the connection ends.
#pragma once

namespace roost::imapd {

struct Modes {
  bool condstore = false;        // RFC 7162 3.1: every FETCH with FLAGS has UID and MODSEQ too
  bool qresync = false;          // RFC 7162 3.2.3: VANISHED instead of EXPUNGE; implies condstore
  bool rev2 = false;             // RFC 9051, beside rev1: ESEARCH always, nothing is \Recent, LIST at SELECT
  bool uid_only = false;         // RFC 9586: no message numbers either way, UIDFETCH and VANISHED
  bool metadata = false;         // RFC 5464 4.1: METADATA of what others change, without being asked
  bool metadata_server = false;  // the same, of what is on the server
  bool utf8_accept = false;      // RFC 6855: SEARCH needs no CHARSET any more, and may have none
};

}  // namespace roost::imapd
