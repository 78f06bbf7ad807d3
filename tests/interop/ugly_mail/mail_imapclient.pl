# Perl's Mail::IMAPClient, with its grammars of ENVELOPE and BODYSTRUCTURE.
use strict;
use warnings;
use Digest::SHA 'sha256_hex';
use Mail::IMAPClient;

my ($port, $user, $password) = @ARGV;
my $imap = Mail::IMAPClient->new(
  Server => 'localhost', Port => $port, User => $user, Password => $password, Uid => 1, Peek => 1)
  || die "connecting: $@\n";
$imap->select('INBOX') or die $imap->LastError;

sub leaves {
  my ($part) = @_;
  return 1 if lc $part->bodytype ne 'multipart';
  my $count = 0;
  $count += leaves($_) for @{$part->{bodystructure}};  # the method gives those below, too
  return $count;
}

for my $uid ($imap->messages) {
  $imap->get_envelope($uid) or die "ENVELOPE of $uid: " . $imap->LastError;
  my $structure = $imap->get_bodystructure($uid) or die "BODYSTRUCTURE of $uid: " . $imap->LastError;
  print "$uid ", leaves($structure), ' ', sha256_hex($imap->message_string($uid)), "\n";
}
$imap->logout;
