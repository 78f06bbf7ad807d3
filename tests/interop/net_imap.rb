# The day's work (days_work.py) with Ruby's net-imap.
require 'net/imap'
require 'time'

# It writes a command in pieces, so that each would wait 40 ms for a delayed acknowledgement.
Net::IMAP.prepend(Module.new { def tcp_socket(*) = super.tap { |socket| socket.setsockopt(:TCP, :NODELAY, true) } })

port, security, user, password, certificate, folder = ARGV
connect = lambda do
  options = { port: port.to_i }
  options[:ssl] = { ca_file: certificate } if security == 'tls'
  imap = Net::IMAP.new('localhost', **options)
  imap.starttls(ca_file: certificate) if security == 'starttls'
  imap.authenticate('PLAIN', user, password)
  imap
end
raw = ->(number) { File.binread("#{folder}/#{number}.eml") }
is = lambda do |got, wanted, what|
  raise "#{what}: #{got.inspect} and not #{wanted.inspect}" unless got == wanted
end

imap = connect.call
is.call(imap.capability.include?('IMAP4REV1'), true, 'CAPABILITY')
names = imap.list('', '*')
is.call(names.find { |m| m.attr.include?(:Sent) }&.name, 'Sent', 'special use')
work = Net::IMAP.encode_utf7('Work/Größe')
imap.create(work)
imap.create('Old')
is.call(imap.list('Work/', '%').map { |m| Net::IMAP.decode_utf7(m.name) }, ['Work/Größe'], 'LIST')
is.call(imap.namespace.personal.map(&:prefix), [''], 'NAMESPACE')

(1..8).each do |n|
  done = imap.append('INBOX', raw.call(n), n == 1 ? [:Seen] : nil, Time.utc(2024, 1, 2, 3, 4, 5))
  is.call(done.data.code.data.split[1], n.to_s, 'APPENDUID')
end
imap.select('INBOX')
is.call(imap.responses['EXISTS'][-1], 8, 'EXISTS')
third = imap.fetch(3, %w[UID ENVELOPE BODYSTRUCTURE RFC822.SIZE INTERNALDATE FLAGS BODY.PEEK[] BODY.PEEK[2]])[0].attr
is.call(third['UID'], 3, 'UID')
is.call(third['ENVELOPE'].subject, '=?utf-8?q?Gr=C3=BC=C3=9Fe_3?=', 'subject')
is.call(third['ENVELOPE'].from[0].mailbox, 'bob', 'from')
is.call(third['BODYSTRUCTURE'].parts.map(&:subtype), %w[PLAIN OCTET-STREAM], 'parts')
is.call(third['BODYSTRUCTURE'].parts[1].disposition.param['FILENAME'], 'a.bin', 'filename')
is.call(third['RFC822.SIZE'], raw.call(3).bytesize, 'size')
is.call(Time.parse(third['INTERNALDATE']), Time.utc(2024, 1, 2, 3, 4, 5), 'date')
is.call(third['BODY[]'].b, raw.call(3), 'octets')
is.call(third['BODY[2]'].unpack1('m'), "\x03" * 3000, 'attachment')
is.call(imap.uid_fetch(1..-1, 'RFC822.SIZE').map { |f| f.attr['UID'] }, (1..8).to_a, 'UIDs')

is.call(imap.search(%w[SEEN]), [1], 'SEEN')
is.call(imap.uid_search(['SUBJECT', 'grüße 7'.b], 'UTF-8'), [7], 'SUBJECT')
is.call(imap.search(['BODY', 'part one of 4']), [4], 'BODY')
is.call(imap.search(['OR', 'SEEN', Net::IMAP::RawData.new('5:6')]), [1, 5, 6], 'OR')
stored = imap.uid_store(2..4, '+FLAGS', [:Flagged, '$Label1'])
is.call(stored.map { |f| f.attr['FLAGS'].include?(:Flagged) }, [true] * 3, 'STORE')
imap.store(4, '-FLAGS.SILENT', [:Flagged])
is.call(imap.search(%w[FLAGGED KEYWORD $Label1]), [2, 3], 'FLAGGED')
is.call(imap.uid_copy(5, work).data.code.name, 'COPYUID', 'COPYUID')
imap.uid_move(6..7, work)
imap.uid_store(8, '+FLAGS', [:Deleted])
is.call(imap.expunge, [7, 6, 6], 'EXPUNGE, those of the move among them')

other = connect.call
imap.idle(30) do |response|
  case response
  when Net::IMAP::ContinuationRequest then other.append('INBOX', raw.call(9))
  when Net::IMAP::UntaggedResponse then imap.idle_done if response.name == 'EXISTS' && response.data == 6
  end
end
is.call(imap.responses['EXISTS'][-1], 6, 'IDLE')
other.logout
imap.rename(work, 'Work/Done')
is.call(imap.status('Work/Done', %w[MESSAGES UIDNEXT]), { 'MESSAGES' => 3, 'UIDNEXT' => 4 }, 'STATUS')
imap.delete('Old')
imap.unsubscribe('Junk')
is.call(imap.lsub('', '*').any? { |m| m.name == 'Junk' }, false, 'LSUB')
imap.close
imap.logout
puts 'all is well'
