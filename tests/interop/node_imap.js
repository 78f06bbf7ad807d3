// The day's work (days_work.py) with node-imap, which idles between nearly all commands.
const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { promisify } = require('node:util');
const { once } = require('node:events');
const Imap = require(require.resolve('imap', { paths: [process.env.ROOST_NODE_MODULES] }));

const [port, security, user, password, certificate, folder] = process.argv.slice(2);
const raw = (n) => readFileSync(`${folder}/${n}.eml`);

const connect = async () => {
  const imap = new Imap({
    user, password, host: 'localhost', port: Number(port), tls: security === 'tls',
    autotls: security === 'starttls' ? 'always' : 'never', tlsOptions: { ca: readFileSync(certificate) },
  });
  imap.connect();
  await once(imap, 'ready');
  return imap;
};
// imap.NAME(...) as a promise of its callback's first result.
const call = (imap, name, ...words) => promisify(imap[name]).call(imap, ...words);

const fetch = (imap, source, options) => new Promise((resolve, reject) => {
  const messages = [];
  const request = imap.fetch(source, options);
  request.on('message', (message, number) => {
    const one = { number, body: {} };
    messages.push(one);
    message.on('body', (stream, { which }) => {
      const chunks = [];
      stream.on('data', (chunk) => chunks.push(chunk)).on('end', () => { one.body[which] = Buffer.concat(chunks); });
    });
    message.on('attributes', (attributes) => Object.assign(one, attributes));
  });
  request.once('error', reject);
  request.once('end', () => resolve(messages));
});

const main = async () => {
  const imap = await connect();
  const boxes = await call(imap, 'getBoxes');
  assert.equal(boxes.Sent.special_use_attrib, '\\Sent');
  assert.ok(boxes.INBOX);
  await call(imap, 'addBox', 'Work/Größe');
  await call(imap, 'addBox', 'Old');
  assert.deepEqual(Object.keys((await call(imap, 'getBoxes')).Work.children), ['Größe']);
  for (let n = 1; n <= 8; n++) {
    const options = { mailbox: 'INBOX', flags: n === 1 ? ['Seen'] : [], date: new Date('2024-01-02T03:04:05Z') };
    assert.equal(await call(imap, 'append', raw(n), options), n);
  }
  const box = await call(imap, 'openBox', 'INBOX', false);
  assert.equal(box.messages.total, 8);
  assert.ok(BigInt(box.highestmodseq) > 1n);

  const bodies = ['', 'HEADER.FIELDS (SUBJECT)', '2'];
  const [third] = await fetch(imap, 3, { bodies, struct: true, size: true, envelope: true });
  assert.deepEqual(third.body[''], raw(3));
  assert.deepEqual(Buffer.from(third.body['2'].toString(), 'base64'), Buffer.alloc(3000, 3));
  assert.equal(Imap.parseHeader(third.body['HEADER.FIELDS (SUBJECT)'].toString()).subject[0], 'Grüße 3');
  assert.equal(third.envelope.subject, 'Grüße 3');
  assert.equal(third.struct[2][0].disposition.params.filename, 'a.bin');
  assert.deepEqual([third.uid, third.size, third.date], [3, raw(3).length, new Date('2024-01-02T03:04:05Z')]);
  assert.deepEqual((await fetch(imap, '1:*', {})).map((m) => m.uid), [1, 2, 3, 4, 5, 6, 7, 8]);

  assert.deepEqual(await call(imap, 'search', ['SEEN']), [1]);
  assert.deepEqual(await call(imap, 'search', [['SUBJECT', 'grüße 7']]), [7]);
  assert.deepEqual(await call(imap, 'search', [['BODY', 'part one of 4']]), [4]);
  assert.deepEqual(await call(imap, 'search', [['OR', 'SEEN', ['UID', '5:6']]]), [1, 5, 6]);
  assert.deepEqual(await call(imap, 'search', [['MODSEQ', third.modseq], ['UID', '1:3']]), ['3']);  // a text here
  assert.equal((await call(imap, 'esearch', ['UNSEEN'], ['MIN', 'COUNT'])).count, 7);
  await call(imap, 'addFlags', '2:4', 'Flagged');
  await call(imap, 'addKeywords', '2:4', '$Label1');
  assert.deepEqual(await call(imap, 'search', ['FLAGGED', ['KEYWORD', '$Label1']]), [2, 3, 4]);
  await call(imap, 'delFlags', 4, 'Flagged');
  assert.deepEqual(await call(imap, 'search', ['FLAGGED']), [2, 3]);
  await call(imap, 'copy', 5, 'Work/Größe');
  await call(imap, 'move', '6:7', 'Work/Größe');
  await call(imap, 'addFlags', 8, 'Deleted');
  await call(imap, 'expunge', [8]);
  assert.deepEqual(await call(imap, 'search', ['ALL']), [1, 2, 3, 4, 5]);

  const heard = once(imap, 'mail');
  const other = await connect();
  await call(other, 'append', raw(9), { mailbox: 'INBOX' });
  assert.equal((await heard)[0], 1);
  await call(other, 'renameBox', 'Work/Größe', 'Work/Done');
  assert.equal((await call(other, 'status', 'Work/Done')).messages.total, 3);
  await call(other, 'delBox', 'Old');
  await call(other, 'unsubscribeBox', 'Junk');
  assert.equal((await call(other, 'getSubscribedBoxes')).Junk, undefined);
  for (const one of [other, imap]) {
    one.end();
    await once(one, 'close');
  }
  console.log('all is well');
};

main();
