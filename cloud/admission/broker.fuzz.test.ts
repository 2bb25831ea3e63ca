import { gzipSync } from 'node:zlib';
import { TOPICS, topicOf } from '@gatehouse/protocol';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DoorHouse, startDoor } from '../test/door.ts';
import { question, stampOf } from '../test/phone.ts';

const SEED = 3;
const PAYLOADS = 400;
const GATE = 'gate-1';
let house: DoorHouse | undefined;

test.after(() => house?.stop());

const id = '019aa8d0-0000-7000-8000-000000000000';
const odd = fc.constantFrom<unknown>(
  ...[1e308, -1, 2 ** 53, 0, 1.5, null, true, '', '\ud800', '\0', 'x'.repeat(2_000), [], {}],
  ...[id, 'entry', 'passed', 'cancel', 'R0123456789ABCDEF', '4283'.repeat(45), 'a'.repeat(64)],
);
const fields = fc.dictionary(
  fc.constantFrom(
    ...['scanId', 'lane', 'code', 'direction', 'at', 'attempt', 'deadlineMs', 'passageMs', 'kind'],
    ...['epoch', 'rows', 'requestId', 'cursor', 'limit', 'beat', 'ticket', 'slot', '__proto__'],
  ),
  fc.oneof(odd, fc.array(odd, { maxLength: 3 })),
  { maxKeys: 12 },
);
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((raw) => Buffer.from(raw)),
  fc.oneof(odd, fields).map((value) => Buffer.from(JSON.stringify(value))),
  fc.json().map((text) => gzipSync(text).subarray(0, -4)),
  fc.integer({ min: 1, max: 20_000 }).map((depth) => Buffer.from('['.repeat(depth))),
);
const topic = fc.constantFrom(...(Object.keys(TOPICS.up) as (keyof typeof TOPICS.up)[]));

test('hostile payloads on every topic: each is rejected, the session stays, the next guest enters', async () => {
  house = await startDoor();
  const { id: performance } = await house.perform();
  const order = { status: 'valid' as const, uses: 1, entrances: [], label: {}, code: 'GUEST-1' };
  await house.ticketing.addTicket(performance, order);
  const gate = await house.gateway(GATE);
  let rejected = 0;
  for (const [name, bytes] of fc.sample(fc.tuple(topic, payload), {
    seed: SEED,
    numRuns: PAYLOADS,
  })) {
    await gate.mqtt.publishAsync(topicOf(GATE, 'up', name), bytes, { qos: 1 });
  }
  gate.send('validate', question(house.clock, 'GUEST-1'));
  const answer = await gate.next('validate', ({ verdict }) => verdict.key === 'ok');
  assert.ok(answer.grant, 'the session stays and the cloud goes on');
  for (const { name } of gate.heard) if (name === 'rejected') rejected += 1;
  assert.ok(rejected > PAYLOADS / 2, `${rejected} rejected`);
  assert.not(house.log.codes().includes('cloud-failed'));
  assert.equal(Object.keys(Object.prototype), []);
});

test('journal rows whose bodies are hostile are parked one by one, and the good ones are stored', async () => {
  const { clock, gateway } = house as DoorHouse;
  const gate = await gateway('gate-2');
  const { journalWriter } = await import('../test/journal.ts');
  const writer = journalWriter();
  const bodies = fc.sample(
    fc.oneof(
      fc.json(),
      fc.string({ maxLength: 300 }),
      fields.map((f) => JSON.stringify({ kind: 'result', ...f })),
    ),
    { seed: SEED, numRuns: 100 },
  );
  const event = { kind: 'event', event: 'started', at: stampOf(clock), cursor: null } as const;
  const rows = [...bodies.map((body) => writer.write(body.toWellFormed())), writer.write(event)];
  gate.send('journal', { epoch: 'e1', rows });
  const { upTo, parked } = await gate.next('journal');
  assert.is(upTo, rows.length);
  assert.is(parked.length, bodies.length, 'all but the good one are parked');
});

test.run();
