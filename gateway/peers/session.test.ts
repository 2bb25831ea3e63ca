import type { Socket } from 'node:net';
import { PEER_BYTES_MAX } from '@gatehouse/protocol';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { at, note, type PeerEnd, peerEnd, stopAll, until } from '../test/peer-rig.ts';
import { forwarder, rogue } from '../test/peer-rogue.ts';
import { readMessage, WAITING_BYTES_MAX } from './session.ts';

const SEED = 7;
/** So long ws waits for a goodbye where nobody says otherwise. */
const WS_CLOSES_MS = 30_000;

test.after.each(stopAll);

const faults = (end: PeerEnd) => end.logged.map(({ code, fault }) => `${code} ${fault}`);
const good = JSON.stringify(note(1));

const frames: Record<string, [string | Buffer, RegExp]> = {
  'is no JSON': ['{"type":', /not JSON/],
  'is binary': [Buffer.from(good), /binary/],
  'has a field that is wrong': ['{"type":"heard","epoch":"e","seq":-1}', /too_small at seq$/],
  'is of a kind of a newer version': ['{"type":"sing"}', /unknown type sing, perhaps of a newer/],
  'is longer than allowed': ['x'.repeat(PEER_BYTES_MAX + 1), /WS_ERR_UNSUPPORTED_MESSAGE_LENGTH/],
  'is null': ['null', /at/],
  'has another type of type': ['{"type":{"a":1}}', /at type$/],
};

for (const [what, [frame, told]] of Object.entries(frames)) {
  test(`a frame that ${what} ends the session with a line, and nothing after it is heard`, async () => {
    const north = await peerEnd('north', ['south']);
    const { web, closed } = await rogue(north.port, 'south');
    web.send(good);
    web.send(frame);
    web.send(good);
    await closed;
    await until(() => north.connected.length === 0, 'ended');
    assert.is(north.heard.length, 1);
    const [line = ''] = faults(north).filter((one) => one.startsWith('peer-message-invalid'));
    assert.match(line, told);
    assert.is(faults(north).filter((one) => one.startsWith('peer-message-invalid')).length, 1);
  });
}

test('a message of our own that is too long is not sent, and the session stays', async () => {
  const north = await peerEnd('north', ['south']);
  const south = await peerEnd('south', ['north'], { addresses: [at(north.port)] });
  await until(() => north.connected.length === 1, 'connected');
  const long = { type: 'heard', epoch: 'x'.repeat(PEER_BYTES_MAX), seq: 1 } as const;
  assert.is(north.send('south', long), false);
  assert.ok(north.send('south', note(2)));
  await until(() => south.heard.length === 1, 'heard');
});

test('a gateway that does not read costs a bounded buffer, then its session', async () => {
  const north = await peerEnd('north', ['south']);
  const { web } = await rogue(north.port, 'south');
  web.pause();
  const chunk = { type: 'heard', epoch: 'x'.repeat(1024 * 1024), seq: 1 } as const;
  let sent = 0;
  while (north.send('south', chunk) && sent < 100) {
    sent += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  // What the system's own buffers take comes on top of what is allowed to wait.
  assert.ok(sent * 1024 * 1024 <= WAITING_BYTES_MAX + 16 * 1024 * 1024, `${sent} MB`);
  assert.equal(north.connected, []);
  assert.ok(faults(north).some((one) => one.startsWith('peer-slow')));
  web.terminate();
});

test('pings are not answered, so that nobody fills the buffer with answers', async () => {
  const north = await peerEnd('north', ['south']);
  const { web } = await rogue(north.port, 'south');
  let pongs = 0;
  web.on('pong', () => (pongs += 1));
  for (let i = 0; i < 50; i += 1) web.ping();
  web.send(good);
  await until(() => north.heard.length === 1, 'heard');
  assert.is(pongs, 0);
  web.terminate();
});

test('a network that goes silent is given up by renew, and the next session is used', async () => {
  for (const [near, far] of [
    ['north', 'south'],
    ['south', 'north'],
  ] as const) {
    const one = await peerEnd(near, [far]);
    const way = await forwarder(one.port);
    const two = await peerEnd(far, [near], { addresses: [at(way.port)] });
    await until(() => one.connected.length + two.connected.length === 2, 'connected');
    way.freeze();
    assert.ok(two.send(near, note(1)));
    assert.equal([one.connected, two.connected], [[far], [near]], 'nobody notices by itself');
    two.renew(near);
    assert.equal(two.connected, []);
    await until(() => two.connected.length === 1, 'connected again');
    await until(() => one.changes.length === 3, 'the dead one replaced on the far side too');
    assert.equal(one.changes, [`+${far}`, `-${far}`, `+${far}`]);
    assert.ok(one.send(far, note(2)) && two.send(near, note(3)));
    await until(() => one.heard.length === 1 && two.heard.length === 1, 'heard');
    way.stop();
    await stopAll();
  }
});

test('a stop says what was said last, and waits for no network that is silent', async () => {
  const north = await peerEnd('north', ['south', 'west']);
  const way = await forwarder(north.port);
  const south = await peerEnd('south', ['north'], { addresses: [at(way.port)] });
  const west = await peerEnd('west', ['north'], { addresses: [at(north.port)] });
  await until(() => north.connected.length === 2, 'connected');
  way.freeze();
  for (const to of ['south', 'west']) assert.ok(north.send(to, note(1)));
  const begun = Date.now();
  await north.stop();
  assert.ok(Date.now() - begun < WS_CLOSES_MS, 'it has an end of its own');
  await until(() => west.heard.length === 1, 'heard');
  assert.equal([south.heard, south.connected], [[], ['north']]);
  way.stop();
});

test('a listener that throws stops neither the session nor the gateway', async () => {
  const north = await peerEnd('north', ['south']);
  north.hear((_, message) => {
    if (message.type === 'heard' && message.seq === 1) throw new Error('broken');
  });
  const south = await peerEnd('south', ['north'], { addresses: [at(north.port)] });
  await until(() => south.connected.length === 1, 'connected');
  south.send('north', note(1));
  south.send('north', note(2));
  await until(() => north.heard.length === 2, 'both heard');
  assert.ok(north.logged.some(({ fault }) => fault === 'broken'));
});

test('a second session of the same gateway takes the place of the first, or is refused', async () => {
  const judge = await peerEnd('a', ['b']);
  const first = await rogue(judge.port, 'b', '1');
  const second = await rogue(judge.port, 'b', '2');
  await second.closed;
  assert.equal(judge.changes, ['+b'], 'the judge keeps the first of one that still runs');
  const lost = await rogue(judge.port, 'b', '3', '2,1');
  await first.closed;
  assert.equal(judge.changes, ['+b', '-b', '+b'], 'unless it is told that the first is gone');
  lost.web.terminate();
  const other = await peerEnd('z', ['b']);
  const third = await rogue(other.port, 'b', '3');
  const fourth = await rogue(other.port, 'b', '4');
  await third.closed;
  assert.equal(other.changes, ['+b', '-b', '+b'], 'the other takes what the judge has begun');
  fourth.web.send(good);
  await until(() => other.heard.length === 1, 'heard');
  fourth.web.terminate();
});

const secret = 'Zq7secret';
const hostile = fc.oneof(
  fc.json(),
  fc.string(),
  fc.jsonValue().map((value) => JSON.stringify({ type: 'rows', epoch: secret, rows: [value] })),
  fc
    .tuple(fc.constantFrom('hello', 'rows', 'heard', 'reserve', 'delta', secret), fc.jsonValue())
    .map(([type, value]) => JSON.stringify({ type, seq: secret, [secret]: value, epoch: value })),
);

test('any bytes are a message or a fault that repeats nothing of them', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        hostile.map((text) => Buffer.from(text)),
        fc.uint8Array(),
      ),
      (bytes) => {
        const read = readMessage(Buffer.from(bytes));
        if ('fault' in read) assert.not.match(read.fault, secret);
        else assert.type(read.message.type, 'string');
      },
    ),
    { seed: SEED, numRuns: 2_000 },
  );
});

test('no frame that arrives stops a gateway: the next one is let in', async () => {
  const north = await peerEnd('north', ['south']);
  const bytes = fc.oneof(
    hostile,
    fc.uint8Array().map((one) => Buffer.from(one)),
  );
  let heard = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { maxLength: 5 }), fc.uint8Array(), async (all, raw) => {
      const { web, closed } = await rogue(north.port, 'south');
      for (const one of all) web.send(one);
      const { _socket: socket } = web as unknown as { _socket: Socket };
      socket.write(raw);
      web.terminate();
      await closed;
      heard = north.heard.length;
    }),
    { seed: SEED, numRuns: 60 },
  );
  await until(() => north.connected.length === 0, 'all gone');
  const { web } = await rogue(north.port, 'south');
  web.send(good);
  await until(() => north.heard.length > heard, 'heard');
  web.terminate();
});

test.run();
