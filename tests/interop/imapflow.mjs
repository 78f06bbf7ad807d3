// Works through a mailbox with imapflow (COMPRESS, IDLE, MOVE, downloads); every step is checked by content.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import './webcrypto.mjs';

const require = createRequire(process.env.ROOST_NODE_MODULES + '/');
const { ImapFlow } = require('imapflow');

const [port, secure, user, pass] = [Number(process.argv[2]), process.argv[3] === 'tls', process.argv[4], process.argv[5]];
const connect = async () => {
  const client = new ImapFlow({
    host: 'localhost', port, secure, auth: { user, pass }, logger: false,
    tls: { ca: readFileSync(process.argv[6]) }, doSTARTTLS: false,
  });
  await client.connect();
  return client;
};

const raw = (n) => Buffer.from(
  `From: Bob <bob@example.org>\r\nTo: alice@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe_${n}?=\r\n` +
  `Message-ID: <flow.${n}@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n` +
  `--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPart one of ${n}\r\n` +
  `--b\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n` +
  `${Buffer.alloc(3000, n).toString('base64').replace(/(.{76})/g, '$1\r\n')}\r\n--b--\r\n`);

const client = await connect();
const list = await client.list();
assert.equal(list.find((m) => m.specialUse === '\\Sent')?.path, 'Sent');
await client.mailboxCreate(['Flow', 'Täglich']);
assert.ok((await client.list()).some((m) => m.path === 'Flow/Täglich'));

for (let n = 1; n <= 10; n++) {
  const { uid } = await client.append('INBOX', raw(n), n === 1 ? ['\\Seen'] : [], new Date('2024-01-02T03:04:05Z'));
  assert.equal(uid, n);
}

const lock = await client.getMailboxLock('INBOX');
assert.equal(client.mailbox.exists, 10);
const message = await client.fetchOne('3', { uid: true, envelope: true, bodyStructure: true, flags: true, source: true,
  internalDate: true, size: true, headers: ['subject'] });
assert.equal(message.envelope.subject, 'Grüße 3');
assert.equal(message.envelope.from[0].address, 'bob@example.org');
assert.equal(message.bodyStructure.childNodes.length, 2);
assert.equal(message.bodyStructure.childNodes[1].parameters.name, 'a.bin');
assert.deepEqual(message.source, raw(3));
assert.equal(message.size, raw(3).length);
assert.equal(message.internalDate.toISOString(), '2024-01-02T03:04:05.000Z');

const { content } = await client.download('3', '2');
const chunks = [];
for await (const chunk of content) chunks.push(chunk);
assert.deepEqual(Buffer.concat(chunks), Buffer.alloc(3000, 3));

assert.deepEqual(await client.search({ seen: true }), [1]);
assert.deepEqual(await client.search({ subject: 'grüße 7' }), [7]);
assert.deepEqual(await client.search({ body: 'PART ONE OF 4' }, { uid: true }), [4]);
assert.deepEqual(await client.search({ or: [{ seen: true }, { uid: '9:10' }] }), [1, 9, 10]);
await client.messageFlagsAdd('2:4', ['\\Flagged', '$Label1']);
assert.deepEqual(await client.search({ flagged: true, keyword: '$Label1' }), [2, 3, 4]);
await client.messageMove('9:10', 'Flow/Täglich', { uid: true });
assert.equal(client.mailbox.exists, 8);
assert.equal((await client.status('Flow/Täglich', { messages: true })).messages, 2);
await client.messageDelete('1', { uid: true });
assert.equal(client.mailbox.exists, 7);

// A second connection delivers; this one hears of it while idle.
const heard = new Promise((resolve) => client.once('exists', resolve));
const idle = client.idle();
const other = await connect();
await other.append('INBOX', raw(42));
assert.equal((await heard).count, 8);
await other.logout();
await client.noop();
await idle;
lock.release();
await client.mailboxDelete('Flow/Täglich');
await client.logout();
console.log('imapflow: all is well');
