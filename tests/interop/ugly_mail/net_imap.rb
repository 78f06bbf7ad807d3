# Ruby's net-imap.
require 'digest'
require 'net/imap'

port, user, password = ARGV
imap = Net::IMAP.new('localhost', port: port.to_i)
imap.login(user, password)
imap.examine('INBOX')
leaves = ->(part) { part.multipart? ? part.parts.sum(&leaves) : 1 }
imap.fetch(1..-1, %w[UID ENVELOPE BODY BODYSTRUCTURE BODY.PEEK[]]).each do |message|
  attributes = message.attr
  raise "ENVELOPE of #{attributes['UID']}" unless attributes['ENVELOPE']
  digest = Digest::SHA256.hexdigest(attributes['BODY[]'])
  puts [attributes['UID'], leaves.call(attributes['BODYSTRUCTURE']), digest].join(' ')
end
imap.logout
