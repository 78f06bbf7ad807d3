// node-imap.
const { createHash } = require('node:crypto');
const Imap = require(require.resolve('imap', { paths: [process.env.ROOST_NODE_MODULES] }));

const [port, user, password] = process.argv.slice(2);
const imap = new Imap({ user, password, host: 'localhost', port: Number(port) });
// A multipart is a list whose first element describes it and whose others are lists of parts.
const leaves = (struct) => (struct.length > 1 && struct[0].type !== 'message'
  ? struct.slice(1).map(leaves).reduce((a, b) => a + b) : 1);
imap.once('ready', () => imap.openBox('INBOX', true, () => {
  const request = imap.fetch('1:*', { bodies: '', struct: true, envelope: true });
  request.on('message', (message) => {
    const hash = createHash('sha256');
    let attributes;
    message.on('body', (stream) => stream.on('data', (chunk) => hash.update(chunk)));
    message.once('attributes', (all) => { attributes = all; });
    message.once('end', () => {
      if (!attributes.envelope) throw new Error(`ENVELOPE of ${attributes.uid}`);
      console.log(attributes.uid, leaves(attributes.struct), hash.digest('hex'));
    });
  });
  request.once('error', (error) => { throw error; });
  request.once('end', () => imap.end());
}));
imap.connect();
