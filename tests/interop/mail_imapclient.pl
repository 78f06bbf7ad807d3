# The day's work (days_work.py) with Perl's Mail::IMAPClient.
use strict;
use warnings;
use utf8;
use IO::Socket::SSL;
use Mail::IMAPClient;
use MIME::Base64;

my ($port, $security, $user, $password, $certificate, $folder) = @ARGV;

sub is {
  my ($got, $wanted, $what) = @_;
  $got = join(' ', @$got) if ref $got;
  die "$what: got '$got', not '$wanted'\n" unless defined $got && $got eq $wanted;
}

sub connection {
  my %layer = (clear => [], tls => [Ssl => [SSL_ca_file => $certificate]],
               starttls => [Starttls => [SSL_ca_file => $certificate, SSL_verifycn_name => 'localhost']]);
  return Mail::IMAPClient->new(
    Server => 'localhost', Port => $port, User => $user, Password => $password, Uid => 1, Peek => 1, Timeout => 60,
    Keepalive => 1, Fast_io => 1, Compress => 1, Authmechanism => 'PLAIN', @{$layer{$security}})
    || die "connecting: $@\n";
}

sub raw {
  open my $file, '<:raw', "$folder/$_[0].eml" or die;
  local $/;
  return <$file>;
}

my $imap = connection();
sub done { defined $_[0] or die $imap->LastError . "\n"; return $_[0] }

my @names = $imap->folders;
die "folders: @names\n" unless grep({ $_ eq 'INBOX' } @names);
is((grep { grep { $_ eq '\\Sent' } @{$_->{attrs}} } @{$imap->folders_hash})[0]{name}, 'Sent', 'special use');
my $box = 'Work/Gr&APYA3w-e';
done($imap->create($box));
done($imap->create('Old'));

for my $n (1 .. 8) {
  my $uid = $imap->append_string('INBOX', raw($n), $n == 1 ? '\\Seen' : '', '02-Jan-2024 03:04:05 +0000');
  is($uid, $n, 'APPENDUID');
}
done($imap->select('INBOX'));
is($imap->message_count, 8, 'messages');
is(scalar $imap->messages, '1 2 3 4 5 6 7 8', 'UIDs');
is($imap->message_string(3), raw(3), 'message 3');
is($imap->size(3), length raw(3), 'its size');
is($imap->internaldate(3), ' 2-Jan-2024 03:04:05 +0000', 'its date');
is($imap->subject(3), '=?utf-8?q?Gr=C3=BC=C3=9Fe_3?=', 'its subject');
is($imap->get_envelope(3)->subject, '=?utf-8?q?Gr=C3=BC=C3=9Fe_3?=', 'its envelope');
my $structure = $imap->get_bodystructure(3);
is([$structure->parts], '1 2', 'its parts');
is(decode_base64($imap->bodypart_string(3, 2)), "\x03" x 3000, 'its attachment');
my $fetched = $imap->fetch_hash([2, 3], 'RFC822.SIZE', 'FLAGS', 'BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]');
is([sort keys %$fetched], '2 3', 'fetch_hash');

is(scalar $imap->seen, '1', 'SEEN');
my $subject = 'grüße 7';
utf8::encode($subject);
is(scalar $imap->search('CHARSET', 'UTF-8', 'SUBJECT', $subject), '7', 'SUBJECT');
is(scalar $imap->search('BODY', 'part one of 4'), '4', 'BODY');
is(scalar $imap->search('OR', 'SEEN', 'UID', '5:6'), '1 5 6', 'OR');
done($imap->store('2:4', '+FLAGS.SILENT', '(\\Flagged $Label1)'));
done($imap->unset_flag('Flagged', 4));
is([sort $imap->flags(4)], '$Label1 \\Recent', 'flags of 4');
done($imap->copy($box, 5));
done($imap->move($box, [6, 7]));
done($imap->delete_message(8));
done($imap->expunge);
is(scalar $imap->messages, '1 2 3 4 5', 'what is left');

my $tag = done($imap->idle);
my $other = connection();
is($other->append_string('INBOX', raw(9)), 9, 'append by another');
$other->logout;
my @heard = $imap->idle_data(30);
die "IDLE: @heard\n" unless grep { /^\* 6 EXISTS/ } @heard;
done($imap->done($tag));
done($imap->rename($box, 'Work/Done'));
is($imap->message_count('Work/Done'), 3, 'STATUS');
done($imap->delete('Old'));
done($imap->unsubscribe('Junk'));
die "subscribed\n" if grep { $_ eq 'Junk' } $imap->subscribed;
done($imap->logout);
print "all is well\n";
