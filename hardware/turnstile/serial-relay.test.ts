import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import type { Health, Turnstile } from '../devices.ts';
import { openTurnstile } from '../open.ts';
import { until } from '../until.ts';
import { relayCommand } from './serial-relay.ts';
import { type SimulatedSerialRelay, simulatedSerialRelay } from './simulated/serial-relay.ts';

interface Lane {
  relay: SimulatedSerialRelay;
  turnstile: Turnstile;
  health: Health[];
}

async function withRelay(
  options: { channels?: number; answersStatus?: boolean; silent?: boolean; maximum?: number },
  run: (lane: Lane) => Promise<void>,
): Promise<void> {
  const relay = simulatedSerialRelay({ path: 'tcp://127.0.0.1:0', ...options });
  relay.silent = options.silent ?? false;
  const turnstile = openTurnstile(
    {
      kind: 'serial-relay',
      path: await relay.start(),
      exitChannel: (options.channels ?? 1) > 1 ? 2 : null,
      answersStatus: options.answersStatus,
      maximumPulse: options.maximum,
    },
    { clock: systemClock },
  );
  const health: Health[] = [];
  const starting = turnstile.start({
    onPassage: () => undefined,
    onEmergency: () => undefined,
    onHealth: (each) => health.push(each),
  });
  try {
    if (!options.silent) await starting;
    await run({ relay, turnstile, health });
  } finally {
    await turnstile.stop();
    await relay.stop();
  }
}

const codes = (lane: Lane) => lane.health.map(({ ok, code }) => (ok ? 'ok' : code));

test('the commands are those of the LCUS-1', () => {
  assert.equal([...relayCommand(1, true)], [0xa0, 0x01, 0x01, 0xa2]);
  assert.equal([...relayCommand(1, false)], [0xa0, 0x01, 0x00, 0xa1]);
});

test('a pulse switches the channel of its direction and ends by itself', async () => {
  await withRelay({ channels: 2 }, async ({ relay, turnstile }) => {
    await turnstile.unlock('exit', 60);
    await until('the exit relay is on', () => relay.isOn(2));
    assert.is(relay.isOn(1), false);
    await until('the exit relay is off', () => !relay.isOn(2));
  });
});

test('no pulse is longer than the maximum', async () => {
  await withRelay({ maximum: 100 }, async ({ relay, turnstile }) => {
    await turnstile.unlock('entry', 3_600_000);
    await until('the relay is on', () => relay.isOn(1));
    await until('the relay is off', () => !relay.isOn(1));
  });
});

test('there is no passage sensor and a direction without a channel is refused', async () => {
  await withRelay({}, async ({ turnstile }) => {
    assert.is(turnstile.hasPassageSensor, false);
    const code = await turnstile.unlock('exit', 100).catch((error) => error.code);
    assert.is(code, 'turnstile-no-relay');
  });
});

test('a board with a status query is read back and a stuck relay is reported', async () => {
  await withRelay({ channels: 2, answersStatus: true }, async (lane) => {
    await lane.turnstile.unlock('entry', 5_000);
    await until('the relay is on', () => lane.relay.isOn(1));
    lane.relay.stick(1, true);
    assert.is(await lane.turnstile.lock(), false);
    assert.equal(codes(lane), ['ok', 'turnstile-relay-stuck']);
    lane.relay.stick(1, false);
    assert.is(await lane.turnstile.lock(), true);
    assert.is(lane.health.at(-1)?.ok, true);
  });
});

test('a relay left on by another is switched off when the board is found again', async () => {
  await withRelay({}, async (lane) => {
    await lane.turnstile.unlock('entry', 10_000);
    await until('the relay is on', () => lane.relay.isOn(1));
    lane.relay.drop();
    assert.is(lane.relay.isOn(1), true);
    await until('the relay is off', () => !lane.relay.isOn(1));
    await until('health is well again', () => lane.health.at(-1)?.ok === true);
    assert.equal(codes(lane), ['ok', 'wire-closed', 'ok']);
  });
});

test('a board that should answer and does not is reported', async () => {
  await withRelay({ answersStatus: true, silent: true }, async (lane) => {
    await until('it is reported', () => codes(lane).includes('turnstile-no-answer'));
    lane.relay.silent = false;
    await until('the board is found', () => lane.health.at(-1)?.ok === true);
  });
});

test('stop switches the relay off', async () => {
  await withRelay({}, async ({ relay, turnstile }) => {
    await turnstile.unlock('entry', 10_000);
    await until('the relay is on', () => relay.isOn(1));
    await turnstile.stop();
    await until('the relay is off', () => !relay.isOn(1));
  });
});

test.run();
