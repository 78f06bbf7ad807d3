// Comes back to a mailbox with imapflow over COMPRESS and QRESYNC: what changed meanwhile is told, and nothing else.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import './webcrypto.mjs';

const require = createRequire(process.env.ROOST_NODE_MODULES + '/');
const { ImapFlow } = require('imapflow');

const [port, tls, user, pass, certificate] = process.argv.slice(2);
const connect = async (options = {}) => {
  const client = new ImapFlow({
    host: 'localhost', port: Number(port), secure: tls === 'tls', auth: { user, pass }, logger: false, qresync: true,
    tls: { ca: readFileSync(certificate) }, doSTARTTLS: false, disableAutoIdle: true, ...options,
  });
  await client.connect();
  assert.ok(client.enabled.has('QRESYNC') && client.enabled.has('CONDSTORE'));
  assert.equal(Boolean(client._inflate), !options.disableCompression, 'COMPRESS');
  return client;
};

const raw = (n) => Buffer.from(`From: bob@example.org\r\nSubject: Message ${n}\r\n\r\nBody of ${n}\r\n`);

// What a client that comes back hears of INBOX: { flags: { uid: flags }, gone: [uids] }.
const resynchronise = async (client, { uidValidity, highestModseq }) => {
  const heard = { flags: {}, gone: [] };
  client.on('flags', ({ uid, flags }) => { heard.flags[uid] = [...flags].sort(); });
  client.on('expunge', ({ uid, vanished, earlier }) => {
    assert.ok(vanished && earlier);
    heard.gone.push(uid);
  });
  await client.mailboxOpen('INBOX', { uidValidity, changedSince: highestModseq });
  client.removeAllListeners('flags');
  client.removeAllListeners('expunge');
  assert.equal(client.mailbox.qresync, true);
  return heard;
};

const uids = async (messages) => {
  const found = [];
  for await (const message of messages) found.push(message.uid);
  return found;
};

const first = await connect();
for (let n = 1; n <= 10; n++) await first.append('INBOX', raw(n));
await first.mailboxOpen('INBOX');
assert.deepEqual(await uids(first.fetch('1:*', { flags: true })), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
const before = { uidValidity: first.mailbox.uidValidity, highestModseq: first.mailbox.highestModseq };
await first.logout();

const worker = await connect({ disableCompression: true });
await worker.mailboxOpen('INBOX');
await worker.messageFlagsAdd('3', ['\\Flagged', '$Label1'], { uid: true });
await worker.messageDelete('5,7:8', { uid: true });
await worker.messageMove('10', 'Archive', { uid: true });
await worker.append('INBOX', raw(11), ['\\Draft']);

const client = await connect();
assert.deepEqual(await resynchronise(client, before),
                 { flags: { 3: ['$Label1', '\\Flagged'], 11: ['\\Draft'] }, gone: [5, 7, 8, 10] });
assert.equal(client.mailbox.exists, 7);
assert.deepEqual(await uids(client.fetch('1:*', { uid: true, flags: true },
                                         { uid: true, changedSince: before.highestModseq })), [3, 11]);

// Live: expunges come by UID, and the MODSEQ stays right.
const idle = client.idle();
const expunged = once(client, 'expunge');
await worker.messageDelete('9', { uid: true });
assert.deepEqual((await expunged).map(({ uid, vanished, earlier }) => [uid, vanished, earlier]), [[9, true, false]]);
const flagged = once(client, 'flags');
await worker.messageFlagsAdd('2', ['\\Answered'], { uid: true });
assert.deepEqual([(await flagged)[0].uid, (await flagged)[0].flags.has('\\Answered')], [2, true]);
await client.noop();
await idle;
assert.equal(client.mailbox.exists, 6);
const modseq = (await client.fetchOne('2', { flags: true, modseq: true }, { uid: true })).modseq;
assert.ok(modseq > before.highestModseq);

// A store of all flags that lost the race changes nothing.
await client.messageFlagsSet('2', ['\\Draft'], { uid: true, unchangedSince: before.highestModseq });
assert.equal((await client.fetchOne('2', { flags: true }, { uid: true })).flags.has('\\Answered'), true);
await client.messageFlagsAdd('2', ['\\Flagged'], { uid: true, unchangedSince: modseq });
assert.equal((await client.fetchOne('2', { flags: true }, { uid: true })).flags.has('\\Flagged'), true);

// Nothing happened since: nothing is told.
const { highestModseq } = await client.status('INBOX', { highestModseq: true });
await client.logout();
const last = await connect();
const { uidValidity } = before;
assert.deepEqual(await resynchronise(last, { uidValidity, highestModseq }), { flags: {}, gone: [] });
await last.logout();
await worker.logout();
console.log('all is well');
