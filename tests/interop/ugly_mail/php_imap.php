<?php
// PHP's imap extension (c-client).
[, $port, $user, $password] = $argv;
set_error_handler(function ($level, $text) { throw new Exception($text); });
$imap = imap_open("{localhost:$port/imap/notls}INBOX", $user, $password, OP_READONLY);

function leaves($part) {
  return $part->type === TYPEMULTIPART ? array_sum(array_map('leaves', $part->parts)) : 1;
}

for ($n = 1; $n <= imap_num_msg($imap); $n++) {
  imap_headerinfo($imap, $n);
  $octets = imap_fetchheader($imap, $n) . imap_body($imap, $n, FT_PEEK);
  echo imap_uid($imap, $n), ' ', leaves(imap_fetchstructure($imap, $n)), ' ', hash('sha256', $octets), "\n";
}
imap_close($imap);
imap_errors();  // it reads some fields of the header by itself, and complains of the addresses in them
