import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import type { Health, Turnstile } from '../devices.ts';
import { openTurnstile } from '../open.ts';
import { pass, until } from '../until.ts';
import { frame } from './modbus-bus.ts';
import { relayOff, relayPulse } from './modbus-relay.ts';
import { type SimulatedModbusRelay, simulatedModbusRelay } from './simulated/modbus-relay.ts';

interface Lane {
  board: SimulatedModbusRelay;
  turnstile: Turnstile;
  passages: number[];
  emergencies: boolean[];
  health: Health[];
}

interface Options {
  readonly settings?: object;
  readonly channels?: number;
  readonly before?: (board: SimulatedModbusRelay) => void;
  readonly started?: boolean;
}

async function withLane(options: Options, run: (lane: Lane) => Promise<void>): Promise<void> {
  const board = simulatedModbusRelay({
    path: 'tcp://127.0.0.1:0',
    channels: options.channels ?? 8,
  });
  options.before?.(board);
  const path = await board.start();
  const settings = { kind: 'modbus-relay', path, ...options.settings } as const;
  const turnstile = openTurnstile(settings, { clock: systemClock });
  const lane: Lane = { board, turnstile, passages: [], emergencies: [], health: [] };
  const starting = turnstile.start({
    onPassage: (at) => lane.passages.push(at),
    onEmergency: (active) => lane.emergencies.push(active),
    onHealth: (each) => lane.health.push(each),
  });
  try {
    if (options.started ?? true) await starting;
    await run(lane);
  } finally {
    await turnstile.stop();
    await board.stop();
  }
}

const codes = (lane: Lane) => lane.health.map(({ ok, code }) => (ok ? 'ok' : code));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const inputs = { passageEntryInput: 1, passageExitInput: 2, fireInput: 3 };

test('the frames are those of the maker', () => {
  assert.is(hex(frame(1, 5, 0, 0xff00)), '01050000ff008c3a');
  assert.is(hex(relayOff(1, 1)), '010500000000cdca');
  assert.is(hex(relayPulse(1, 1, 700)), '0105020000078db0');
  assert.is(hex(frame(1, 2, 0, 8)), '01020000000879cc');
});

test('a pulse is counted in tenths of a second, never longer than asked, at least one', () => {
  assert.is(relayPulse(1, 1, 5_099)[5], 50);
  assert.is(relayPulse(1, 1, 40)[5], 1);
});

test('the board ends its pulse although the host is cut off', async () => {
  await withLane({}, async ({ board, turnstile }) => {
    await turnstile.unlock('entry', 300);
    assert.is(board.isOn(1), true, 'the command was answered');
    board.silent = true;
    board.drop();
    await until('the relay drops by itself', () => !board.isOn(1));
  });
});

test('passages and fire are read from the inputs of the board', async () => {
  const before = (board: SimulatedModbusRelay) => board.contact(3, true);
  await withLane(
    { settings: inputs, before },
    async ({ board, turnstile, passages, emergencies }) => {
      assert.is(turnstile.hasPassageSensor, true);
      assert.equal(emergencies, []);
      board.contact(2, true);
      await until('the passage is reported', () => passages.length === 1);
      board.contact(2, false);
      board.contact(3, false);
      await until('the fire is reported', () => emergencies.at(-1) === true);
      board.contact(3, true);
      await until('its end is reported', () => emergencies.at(-1) === false);
      await pass(100);
      assert.is(passages.length, 1);
    },
  );
});

test('a fire input that is open at the start is told before the start is done', async () => {
  await withLane({ settings: { fireInput: 8 } }, async ({ emergencies, turnstile }) => {
    assert.equal(emergencies, [true]);
    assert.is(turnstile.hasPassageSensor, false);
  });
});

test('noise and a broken checksum cost a try, not the board', async () => {
  await withLane({}, async (lane) => {
    lane.board.noise = Uint8Array.of(0x00, 0x01, 0x01, 0x02, 0xff);
    lane.board.broken = 2;
    assert.is(await lane.turnstile.lock(), true);
    assert.equal(codes(lane), ['ok']);
  });
});

test('a board that falls silent is given up, and found again', async () => {
  await withLane({}, async (lane) => {
    lane.board.silent = true;
    assert.is(await lane.turnstile.lock(), false);
    assert.equal(codes(lane), ['ok', 'turnstile-no-answer']);
    lane.board.silent = false;
    await until('the board is back', () => lane.health.at(-1)?.ok === true);
  });
});

test('a channel that the board does not have is reported and not given up', async () => {
  const settings = { entryChannel: 7 };
  await withLane({ settings, channels: 4, started: false }, async (lane) => {
    await until('it is reported', () => codes(lane).includes('turnstile-pin-unusable'));
    assert.is(lane.health.at(-1)?.detail, 'exception 2');
    const refusal = await lane.turnstile.unlock('entry', 100).catch((error) => error.code);
    assert.is(refusal, 'turnstile-pin-unusable');
  });
});

test('a board with another address is not mistaken for ours', async () => {
  const settings = { address: 9 };
  await withLane({ settings, started: false }, async (lane) => {
    await until('nobody answers', () => codes(lane).includes('turnstile-no-answer'));
    assert.is(lane.board.isOn(1), false);
  });
});

test.run();
