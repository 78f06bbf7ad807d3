<?php
// The day's work (days_work.py) with PHP's imap extension, which is the University of Washington's c-client.
[, $port, $security, $user, $password, $certificate, $folder] = $argv;
$server = "{localhost:$port/imap" . ($security === 'tls' ? '/ssl/novalidate-cert' : '/notls') . '}';
set_error_handler(function ($level, $text) { throw new Exception($text); });

function is($got, $wanted, $what) {
  if ($got !== $wanted) {
    throw new Exception("$what: " . var_export($got, true) . ' and not ' . var_export($wanted, true) .
                        ' ' . implode('; ', imap_errors() ?: []));
  }
}
function raw($number) { return file_get_contents($GLOBALS['folder'] . "/$number.eml"); }

$imap = imap_open($server . 'INBOX', $user, $password, 0, 1);
$names = imap_list($imap, $server, '*');
is(in_array($server . 'Sent', $names), true, 'imap_list');
$work = $server . 'Work/Gr&APYA3w-e';
is(imap_createmailbox($imap, $work), true, 'imap_createmailbox');
is(imap_createmailbox($imap, $server . 'Old'), true, 'imap_createmailbox');
is(imap_getmailboxes($imap, $server, 'Work/%')[0]->name, $work, 'imap_getmailboxes');
for ($n = 1; $n <= 8; $n++) {
  $flags = $n === 1 ? '\\Seen' : null;
  is(imap_append($imap, $server . 'INBOX', raw($n), $flags, '02-Jan-2024 03:04:05 +0000'), true, 'imap_append');
}
is(imap_reopen($imap, $server . 'INBOX'), true, 'imap_reopen');
is(imap_num_msg($imap), 8, 'imap_num_msg');
is(imap_check($imap)->Nmsgs, 8, 'imap_check');
$header = imap_headerinfo($imap, 3);
is(iconv_mime_decode($header->subject, 0, 'UTF-8'), 'Grüße 3', 'subject');
is([$header->from[0]->mailbox, $header->from[0]->host], ['bob', 'example.org'], 'from');
is($header->MailDate, ' 2-Jan-2024 03:04:05 +0000', 'INTERNALDATE');
is((int)$header->Size, strlen(raw(3)), 'size');
is(imap_fetchheader($imap, 3) . imap_body($imap, 3, FT_PEEK), raw(3), 'octets');
$structure = imap_fetchstructure($imap, 3);
is(array_map(fn($p) => $p->subtype, $structure->parts), ['PLAIN', 'OCTET-STREAM'], 'imap_fetchstructure');
is($structure->parts[1]->dparameters[0]->value, 'a.bin', 'filename');
is(base64_decode(imap_fetchbody($imap, 3, '2', FT_PEEK)), str_repeat("\x03", 3000), 'attachment');
is(array_map(fn($m) => $m->uid, imap_fetch_overview($imap, '1:*')), range(1, 8), 'imap_fetch_overview');
is([imap_uid($imap, 3), imap_msgno($imap, 3)], [3, 3], 'UID');

is(imap_search($imap, 'SEEN', SE_UID), [1], 'SEEN');
is(imap_search($imap, 'SUBJECT "grüße 7"', SE_UID, 'UTF-8'), [7], 'SUBJECT');
is(imap_search($imap, 'BODY "part one of 4"', SE_UID), [4], 'BODY');
is(imap_search($imap, 'UNSEEN SINCE 1-Jan-2024 BEFORE 3-Jan-2024', SE_UID), range(2, 8), 'dates');
is(imap_sort($imap, SORTSUBJECT, true, SE_UID), range(8, 1), 'imap_sort');
is(count(imap_thread($imap)), 24, 'imap_thread');
is(imap_setflag_full($imap, '2:4', '\\Flagged $Label1', ST_UID), true, 'imap_setflag_full');
is(imap_clearflag_full($imap, '4', '\\FLAGGED'), true, 'imap_clearflag_full');
is(imap_search($imap, 'FLAGGED KEYWORD $Label1'), [2, 3], 'FLAGGED');
is(imap_mail_copy($imap, '5', 'Work/Gr&APYA3w-e'), true, 'imap_mail_copy');
is(imap_mail_move($imap, '6:7', 'Work/Gr&APYA3w-e', CP_UID), true, 'imap_mail_move');
is(imap_delete($imap, '8'), true, 'imap_delete');
is(imap_expunge($imap), true, 'imap_expunge');
is(imap_search($imap, 'ALL', SE_UID), range(1, 5), 'what is left');

$other = imap_open($server, $user, $password, OP_HALFOPEN);
is(imap_append($other, $server . 'INBOX', raw(9)), true, 'append by another');
is(imap_ping($imap), true, 'imap_ping');
is(imap_num_msg($imap), 6, 'new mail');
is(imap_renamemailbox($other, $work, $server . 'Work/Done'), true, 'imap_renamemailbox');
is(imap_status($other, $server . 'Work/Done', SA_ALL)->messages, 3, 'imap_status');
is(imap_deletemailbox($other, $server . 'Old'), true, 'imap_deletemailbox');
is(imap_unsubscribe($other, $server . 'Junk'), true, 'imap_unsubscribe');
is(in_array($server . 'Junk', imap_lsub($other, $server, '*')), false, 'imap_lsub');
imap_close($other);
imap_close($imap);
// The first is said of a connection in clear, which has PLAIN on the machine itself.
$errors = array_diff(imap_errors() ?: [], ['SECURITY PROBLEM: insecure server advertised AUTH=PLAIN']);
is($errors, [], 'errors');
echo "all is well\n";
