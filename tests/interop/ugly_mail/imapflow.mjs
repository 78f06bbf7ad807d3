// imapflow.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

const { ImapFlow } = createRequire(process.env.ROOST_NODE_MODULES + '/')('imapflow');
const [port, user, pass] = process.argv.slice(2);
const client = new ImapFlow({
  host: 'localhost', port: Number(port), secure: false, auth: { user, pass }, logger: false, doSTARTTLS: false,
});
await client.connect();
await client.mailboxOpen('INBOX', { readOnly: true });
const leaves = (part) => (part.type.startsWith('multipart/') ? part.childNodes.map(leaves).reduce((a, b) => a + b) : 1);
for await (const message of client.fetch('1:*', { uid: true, envelope: true, bodyStructure: true, source: true })) {
  if (!message.envelope) throw new Error(`ENVELOPE of ${message.uid}`);
  const digest = createHash('sha256').update(message.source).digest('hex');
  console.log(message.uid, leaves(message.bodyStructure), digest);
}
await client.logout();
