import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HardwareClock, Turnstile } from '../devices.ts';
import { openTurnstile } from '../open.ts';
import { type SimulatedPort, simulatedPort } from '../simulated-port.ts';
import { pass, until } from '../until.ts';
import { frame } from './modbus-bus.ts';
import { simulatedArduino } from './simulated/arduino.ts';
import { simulatedModbusRelay } from './simulated/modbus-relay.ts';
import { simulatedSerialRelay } from './simulated/serial-relay.ts';

const SEED = 3;
const RUNS = 60;
/** The driver's pauses go by so many times faster. */
const HASTE = 25;
const clock: HardwareClock = {
  now: () => performance.now() * HASTE,
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds / HASTE),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};

const boards: { stop(): Promise<void> }[] = [];

test.after(async () => {
  for (const board of boards) await board.stop();
});

/** Firmata's own message starts between any bytes, with true beginnings that lead far in. */
const firmataByte = fc.oneof(
  fc.constantFrom(0xf0, 0xf7, 0xf9, 0x79, 0x6c, 0x6a, 0x6e, 0x71, 0x7f, 0x90, 0x91, 0xe0, 0x02),
  fc.integer({ min: 0, max: 255 }),
);
const version = [0xf9, 2, 5];
const firmware = [0xf0, 0x79, 2, 5, 0x53, 0, 0xf7];
const pin = [0x00, 1, 0x0b, 1, 0x01, 1, 0x7f];
const capabilities = [0xf0, 0x6c, ...Array.from({ length: 20 }, () => pin).flat(), 0xf7];
const analog = [0xf0, 0x6a, ...Array.from({ length: 20 }, () => 0x7f), 0xf7];
const firmata = fc
  .tuple(
    fc.constantFrom(
      [],
      version,
      [...version, ...firmware],
      [...version, ...firmware, ...capabilities, ...analog],
    ),
    fc.array(firmataByte, { maxLength: 300 }),
  )
  .map(([first, rest]) => Uint8Array.from([...first, ...rest]));

interface Watched {
  readonly turnstile: Turnstile;
  started: boolean;
}

function watch(turnstile: Turnstile): Watched {
  const watched: Watched = { turnstile, started: false };
  const listener = {
    onPassage: () => undefined,
    onEmergency: () => undefined,
    onHealth: () => undefined,
  };
  void turnstile.start(listener).then(() => (watched.started = true));
  return watched;
}

/** Sends each sample to whoever is connected, to the driver's face after every greeting. */
async function pester(port: SimulatedPort, samples: readonly Uint8Array[]): Promise<void> {
  for (const sample of samples) {
    if (port.connections === 0) await until('the driver is back', () => port.connections > 0);
    port.send(sample);
    await pass(2);
  }
}

const TRIES_MAX = 1_000;

/** Tries until it succeeds: the first tries may meet a device that is being set up. */
async function tried(what: string, attempt: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (await attempt()) return;
    await pass(10);
  }
  throw new Error(`tried in vain: ${what}`);
}

test('a hostile Firmata board never throws the driver; a good one in its place is taken', async () => {
  const hostile = simulatedPort('tcp://127.0.0.1:0', {});
  const path = await hostile.start();
  const watched = watch(openTurnstile({ kind: 'arduino', path, pins: {} }, { clock }));
  try {
    await pester(hostile, fc.sample(firmata, { seed: SEED, numRuns: RUNS }));
    assert.type(await watched.turnstile.lock(), 'boolean');
    await hostile.stop();
    const board = simulatedArduino({ path });
    await board.start();
    boards.push(board);
    await until('the good board is ready', () => watched.started);
    await tried('it unlocks', async () => {
      await watched.turnstile.unlock('entry', 60_000).catch(() => undefined);
      await pass(10);
      return board.state.free.includes('entry');
    });
    assert.is(await watched.turnstile.lock(), true);
  } finally {
    await watched.turnstile.stop();
    await hostile.stop();
  }
});

test('hostile answers of a relay board are no state; a good board in its place is taken', async () => {
  const almost = fc.oneof(
    fc.constantFrom('CH1:', 'CH', 'ON', 'OFF', 'CH9:ON', 'CH1:ON\r\n', 'ch 1 = off', '\0'),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  const answers = fc
    .array(almost, { minLength: 1, maxLength: 12 })
    .map((parts) => Buffer.from(parts.join(''), 'latin1'));
  const hostile = simulatedPort('tcp://127.0.0.1:0', {});
  const path = await hostile.start();
  const settings = { kind: 'serial-relay', path, answersStatus: true } as const;
  const watched = watch(openTurnstile(settings, { clock }));
  try {
    await pester(hostile, fc.sample(answers, { seed: SEED, numRuns: RUNS }));
    await hostile.stop();
    const board = simulatedSerialRelay({ path, answersStatus: true });
    await board.start();
    boards.push(board);
    await tried('the good board is taken', () => watched.turnstile.lock());
  } finally {
    await watched.turnstile.stop();
    await hostile.stop();
  }
});

test('hostile Modbus answers are no state; a good board in its place is taken', async () => {
  const almost = fc.oneof(
    fc.constantFrom(
      [...frame(1, 5, 0, 0)],
      [0x01, 0x01, 0x01, 0xff, 0x11, 0xc8],
      [0x01, 0x01, 0xff],
      [0x01, 0x82, 0x02],
      [0x01, 0x05],
      [0x01, 0x02, 0x01, 0x00, 0xa1, 0x88],
    ),
    fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 60 }),
  );
  const answers = fc
    .array(almost, { minLength: 1, maxLength: 12 })
    .map((parts) => Uint8Array.from(parts.flat()));
  const hostile = simulatedPort('tcp://127.0.0.1:0', {});
  const path = await hostile.start();
  const watched = watch(openTurnstile({ kind: 'modbus-relay', path, fireInput: 1 }, { clock }));
  try {
    await pester(hostile, fc.sample(answers, { seed: SEED, numRuns: RUNS }));
    await hostile.stop();
    const board = simulatedModbusRelay({ path });
    await board.start();
    boards.push(board);
    await tried('the good board is taken', () => watched.turnstile.lock());
  } finally {
    await watched.turnstile.stop();
    await hostile.stop();
  }
});

test.run();
