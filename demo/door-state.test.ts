import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSED_DOOR, type DoorEvent, type DoorState, MAX_ROWS, nextDoor } from './door-state.ts';

const after = (events: readonly DoorEvent[], start: DoorState = CLOSED_DOOR) =>
  events.reduce(nextDoor, start);

const row = (seq: number, more: object = {}): DoorEvent => ({
  type: 'told',
  event: { type: 'journal', epoch: 'e', seq, kind: 'refusal', at: seq, ...more },
});
const stored = (upTo: number, epoch = 'e'): DoorEvent => ({
  type: 'told',
  event: { type: 'stored', epoch, upTo },
});

test('rows stand newest first and wait for the cloud until it has stored them', () => {
  const door = after([row(1), row(2), row(3), stored(2)]);
  assert.equal(
    door.rows.map(({ seq, stored }) => [seq, stored]),
    [
      [3, false],
      [2, true],
      [1, true],
    ],
  );
  assert.is(door.queue, 1);
});

test('a row told again adds its later times and is counted once', () => {
  const door = after([row(1, { timings: { read: 30 } }), row(1, { timings: { relay: 5 } })]);
  assert.is(door.rows.length, 1);
  assert.equal(door.rows[0]?.timings, { read: 30, relay: 5 });
  assert.is(door.queue, 1);
});

test('the times of a scan stand with its decision, also when they come with its result', () => {
  const told = (seq: number, kind: 'intent' | 'result', timings: object): DoorEvent => ({
    type: 'told',
    event: { type: 'journal', epoch: 'e', seq, kind, at: seq, scanId: 's', timings },
  });
  const door = after([told(1, 'intent', { decide: 1 }), told(2, 'result', { relay: 5 })]);
  assert.equal(
    door.rows.map(({ kind, timings }) => [kind, timings]),
    [
      ['result', undefined],
      ['intent', { decide: 1, relay: 5 }],
    ],
  );
});

test('what the cloud stored of one epoch says nothing about another', () => {
  const door = after([row(1), stored(5, 'other')]);
  assert.is(door.rows[0]?.stored, false);
});

test('the list of rows is bounded', () => {
  const door = after(Array.from({ length: MAX_ROWS + 10 }, (_, i) => row(i + 1)));
  assert.is(door.rows.length, MAX_ROWS);
  assert.is(door.rows[0]?.seq, MAX_ROWS + 10);
});

test('a status with an empty queue settles every row that is shown', () => {
  const status = {
    gateway: { type: 'gateway', state: 'configured' },
    uplink: 'connected',
    peers: { heard: [], missing: [] },
    lanes: [],
    tickets: { count: 3, cursor: 7 },
    queue: 0,
  } as const;
  const door = after([row(1), row(2), { type: 'status', status }]);
  assert.ok(door.rows.every((one) => one.stored));
  assert.is(door.tickets, 3);
});

test('a gateway that is down has no lane and no uplink', () => {
  const lane: DoorEvent = {
    type: 'told',
    event: {
      type: 'lane',
      lane: 'l',
      name: 'Lane',
      direction: 'entry',
      state: 'idle',
      signal: 'idle',
      reads: 0,
    },
  };
  const up: DoorEvent = { type: 'told', event: { type: 'uplink', state: 'connected' } };
  const down: DoorEvent = { type: 'process', name: 'gateway', state: 'stopped', crashes: 0 };
  const door = after([lane, up, down]);
  assert.is(door.lane, undefined);
  assert.is(door.uplink, 'away');
});

test('a page that begins late takes the snapshot as it is', () => {
  const before = after([row(1), { type: 'cable', state: 'cut' }]);
  assert.equal(nextDoor(CLOSED_DOOR, { type: 'snapshot', state: before }), before);
});

test.run();
