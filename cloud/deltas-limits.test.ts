import { type Delta, DeltaBody, MEMBERS_MAX } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createDeltas,
  DELTA_AFTER_MS,
  DELTA_BYTES_PER_SECOND,
  DELTA_CHARACTERS_MAX,
  DELTA_PAUSE_MAX_MS,
} from './deltas.ts';
import type { Log } from './ports.ts';
import { type House, startHouse } from './test/house.ts';
import { createTicketReads, type TicketReads } from './ticketing/index.ts';

let house: House;
let performance: string;
test.before.each(async () => {
  house = await startHouse();
  performance = (await house.perform()).id;
  house.store
    .prepare(
      `insert into config_codes (id, claim, configuration, uses, used, expires, created)
       values ('code', 'claim', '{}', 200, 0, 0, 0)`,
    )
    .run();
});
test.after.each(() => house.stop());

function enrolled(id: string, given: { venue?: string; active?: number; heard?: number } = {}) {
  const { venue = 'theatre', active = 1, heard = 1 } = given;
  house.store
    .prepare(
      `insert into gateways (id, config_code, key_digest, public_key, name, venue, entrance,
       configuration, hardware, software, created, heard, active, activated, accepted)
       values (?, 'code', ?, x'00', ?, ?, 'main', '{}', '', '', 0, ?, ?, 0, 0)`,
    )
    .run(id, id, `Gate ${id}`, venue, heard, active);
}

interface Sent {
  readonly to: readonly string[];
  readonly body: DeltaBody;
}

/** Deltas whose timer the test runs. */
function deltasOf(live: string[], given: { reads?: TicketReads } = {}) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  const logged: string[] = [];
  const note = (_: object, message: string) => void logged.push(message);
  const log: Log = { info: note, warn: note, error: note };
  let due: (() => void) | undefined;
  let signed = 0;
  const deltas = createDeltas({
    ...{ store: house.store, tenant: house.ticketing.tenant.id, log, live: () => live },
    reads: given.reads ?? createTicketReads(house.store),
    clock: {
      ...house.clock,
      setTimeout(run, milliseconds) {
        assert.is(due, undefined, 'one timer at a time');
        due = run;
        waits.push(milliseconds);
        return run;
      },
      clearTimeout: () => {
        due = undefined;
      },
    },
    sign(body): Delta {
      signed += 1;
      return { body, signature: `${signed}` };
    },
    send: (to, { body }) => void sent.push({ to, body: DeltaBody.parse(JSON.parse(body)) }),
  });
  return {
    ...{ deltas, sent, waits, logged },
    signatures: () => signed,
    run() {
      const now = due;
      due = undefined;
      now?.();
    },
    isPlanned: () => due !== undefined,
  };
}

const sell = (label = {}) =>
  house.ticketing.addTicket(performance, { status: 'valid', uses: 1, entrances: [], label });

test('while no gateway is connected nothing is read and nothing signed', async () => {
  const reads = createTicketReads(house.store);
  let read = 0;
  const counted: TicketReads = {
    ...reads,
    changes: (...given) => {
      read += 1;
      return reads.changes(...given);
    },
  };
  enrolled('a');
  const live: string[] = [];
  const { deltas, run, sent, signatures } = deltasOf(live, { reads: counted });
  for (let n = 0; n < 3; n++) {
    await sell();
    deltas.changed();
    run();
  }
  assert.equal([read, signatures(), sent.length], [0, 0, 0]);
  live.push('a');
  deltas.greet('a');
  run();
  assert.equal([sent[0]?.to, sent[0]?.body.tickets], [['a'], []]);
  assert.is(sent[0]?.body.from, sent[0]?.body.cursor);
});

test('many changes are one delta, and who comes later gets the same text', async () => {
  for (const id of ['a', 'b', 'c']) enrolled(id);
  enrolled('x', { venue: 'cinema' });
  const live = ['a', 'x'];
  const { deltas, run, sent, signatures, waits } = deltasOf(live);
  deltas.greet('a');
  deltas.greet('x');
  run();
  assert.equal(
    sent.map(({ to, body }) => [to, body.venue]),
    [
      [['a'], 'theatre'],
      [['x'], 'cinema'],
    ],
  );
  for (let n = 0; n < 20; n++) await sell();
  for (let n = 0; n < 20; n++) deltas.changed();
  run();
  assert.equal(
    sent.slice(2).map(({ body }) => body.tickets.length),
    [20, 20],
  );
  live.push('b', 'c');
  deltas.greet('b');
  deltas.greet('c');
  run();
  assert.is(sent.length, 5);
  assert.equal([sent[4]?.to, sent[4]?.body], [['b', 'c'], sent[2]?.body]);
  assert.is(signatures(), 4);
  assert.ok(waits.every((wait) => wait === DELTA_AFTER_MS));
  deltas.changed();
  run();
  assert.is(sent.length, 5, 'nothing had changed');
});

test('many bytes make the next delta wait, and never too long', async () => {
  const ids = Array.from({ length: 60 }, (_, n) => `gw-${n}`);
  for (const id of ids) enrolled(id);
  const { deltas, run, sent, waits } = deltasOf(ids);
  deltas.changed();
  run();
  for (const count of [80, 450]) {
    for (let n = 0; n < count; n++) await sell({ note: 'x'.repeat(400) });
    deltas.changed();
    run();
  }
  deltas.changed();
  const bytes = JSON.stringify(sent[1]?.body).length * ids.length;
  assert.ok(Math.abs((waits[2] ?? 0) - (bytes / DELTA_BYTES_PER_SECOND) * 1000) < 1);
  assert.is(waits[3], DELTA_PAUSE_MAX_MS);
});

test('what is too long for a delta is left to be asked for', async () => {
  enrolled('a');
  const { deltas, run, sent } = deltasOf(['a']);
  deltas.changed();
  run();
  const entrances = Array.from({ length: 100 }, () => 'e'.repeat(200));
  const order = { status: 'valid' as const, uses: 1, entrances, label: {} };
  for (let n = 0; n < 60; n++) await house.ticketing.addTicket(performance, order);
  deltas.changed();
  run();
  const { body } = sent[1] as Sent;
  assert.ok(JSON.stringify(body).length < DELTA_CHARACTERS_MAX);
  assert.equal([body.tickets, body.from], [[], body.cursor]);
  assert.is(body.performances.length, 1, 'a gateway would forget those that it is not told of');
});

test('of too many gateways those heard last are named, and people are told', () => {
  for (let n = 0; n < MEMBERS_MAX; n++) enrolled(`gw-${n}`, { active: 0, heard: n });
  for (const id of ['here', 'there']) enrolled(id);
  const { deltas, run, sent, logged } = deltasOf(['here']);
  deltas.greet('here');
  run();
  const { members } = (sent[0] as Sent).body;
  assert.is(members.length, MEMBERS_MAX);
  assert.equal(
    members.slice(0, 3).map(({ gateway }) => gateway),
    ['here', 'there', `gw-${MEMBERS_MAX - 1}`],
  );
  assert.match(logged.join(), 'more gateways than');
});

test('a delta that could not be made is told, and the next one starts anew', async () => {
  const reads = createTicketReads(house.store);
  let broken = true;
  const failing: TicketReads = {
    ...reads,
    changes: (...given) => {
      if (broken) throw new Error('disk');
      return reads.changes(...given);
    },
  };
  enrolled('a');
  const { deltas, run, sent, logged } = deltasOf(['a'], { reads: failing });
  deltas.changed();
  run();
  assert.equal([sent.length, logged.length], [0, 1]);
  broken = false;
  await sell();
  deltas.changed();
  run();
  assert.equal([sent.length, sent[0]?.body.from], [1, sent[0]?.body.cursor]);
});

test('nothing is sent after stop', () => {
  enrolled('a');
  const { deltas, isPlanned } = deltasOf(['a']);
  deltas.changed();
  deltas.stop();
  assert.not.ok(isPlanned());
});

test.run();
