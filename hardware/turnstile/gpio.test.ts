import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import type { Health, Turnstile } from '../devices.ts';
import { openTurnstile } from '../open.ts';
import { pass, until } from '../until.ts';
import {
  type SimulatedGpioChip,
  type SimulatedGpioChipOptions,
  simulatedGpioChip,
} from './simulated/gpio-chip.ts';
import type { TurnstileView } from './simulated/turnstile-on-pins.ts';

interface Lane {
  chip: SimulatedGpioChip;
  turnstile: Turnstile;
  views: TurnstileView[];
  passages: number[];
  emergencies: boolean[];
  health: Health[];
}

type Options = SimulatedGpioChipOptions & {
  before?: (chip: SimulatedGpioChip) => void;
  maximumPulse?: number;
  chip?: string;
  debounce?: number;
  started?: boolean;
};

/** The shipping driver and its program, on a kernel and a chip that are not there. */
async function withLane(options: Options, run: (lane: Lane) => Promise<void>): Promise<void> {
  const { before, maximumPulse, started = true, chip: name, debounce, ...wiring } = options;
  const views: TurnstileView[] = [];
  const chip = simulatedGpioChip({ onChange: (view) => views.push(view), ...wiring });
  before?.(chip);
  const { pins, unlockLevel, lampLevel, passageContact, fireContact, closedLevel } = wiring;
  const turnstile = openTurnstile(
    {
      ...{ kind: 'gpio', program: await chip.start(), pins: pins ?? {}, maximumPulse, chip: name },
      ...{ unlockLevel, lampLevel, passageContact, fireContact, closedLevel, debounce },
      bias: closedLevel === 'high' ? 'pull-down' : 'pull-up',
    },
    { clock: systemClock },
  );
  const lane: Lane = { chip, turnstile, views, passages: [], emergencies: [], health: [] };
  const starting = turnstile.start({
    onPassage: (at) => lane.passages.push(at),
    onEmergency: (active) => lane.emergencies.push(active),
    onHealth: (health) => lane.health.push(health),
  });
  try {
    if (started) await starting;
    await run(lane);
  } finally {
    await turnstile.stop();
    await chip.stop();
  }
}

const codes = (lane: Lane) => lane.health.map(({ ok, code }) => (ok ? 'ok' : code));

if (spawnSync('python3', ['--version']).status !== 0) {
  process.stdout.write('skipped: the gpio profile needs python3\n');
  process.exit(0);
}

for (const level of ['high', 'low'] as const) {
  test(`a granted guest walks through once and is counted, relays ${level}`, async () => {
    await withLane({ unlockLevel: level, lampLevel: level }, async (its) => {
      const { chip, turnstile, passages } = its;
      assert.is(chip.state.unlocked, false);
      assert.equal(chip.state.lamps, { red: false, green: false, white: false });
      await turnstile.unlock('entry', 3_000);
      await until('the arm is free', () => chip.state.unlocked);
      assert.equal(chip.state.free, ['entry']);
      const before = performance.now();
      assert.is(chip.walkThrough('entry'), true);
      await until('the passage is reported', () => passages.length === 1);
      const [at = 0] = passages;
      assert.ok(at > before - 50 && at <= performance.now(), 'the time of the edge');
      assert.is(await turnstile.lock(), true);
      assert.is(chip.state.unlocked, false);
      await pass(150);
      assert.is(passages.length, 1);
      assert.ok(its.views.every(({ free }) => !free.includes('exit')));
    });
  });
}

test('no pulse is longer than the maximum, and its end needs no host', async () => {
  await withLane({ maximumPulse: 100 }, async ({ chip, turnstile }) => {
    await turnstile.unlock('exit', 3_600_000);
    await until('the arm is free', () => chip.state.free[0] === 'exit');
    // this host is busy with something else for longer than the pulse
    const end = performance.now() + 300;
    while (performance.now() < end);
    await until('the arm is locked', () => !chip.state.unlocked);
  });
});

test('signals light their lamps and sound the buzzer for a moment', async () => {
  await withLane({}, async ({ chip, turnstile, views }) => {
    turnstile.show('go');
    await until('green', () => chip.state.lamps.green);
    await until('the buzzer has sounded', () => views.some(({ buzzer }) => buzzer));
    await until('the buzzer is silent', () => !chip.state.buzzer);
    turnstile.show('closed');
    await until('red', () => chip.state.lamps.red && !chip.state.lamps.green);
  });
});

for (const [fireContact, closedLevel] of [
  ['nc', 'low'],
  ['no', 'high'],
] as const) {
  test(`the fire input is followed, contact ${fireContact}, closed ${closedLevel}`, async () => {
    await withLane({ fireContact, closedLevel }, async ({ chip, emergencies, passages }) => {
      assert.equal(emergencies, []);
      chip.pressFire(true);
      await until('the emergency is reported', () => emergencies.length === 1);
      chip.pressFire(false);
      await until('its end is reported', () => emergencies.length === 2);
      assert.equal(emergencies, [true, false]);
      chip.force('entry');
      await until('a passage too', () => passages.length === 1);
    });
  });
}

test('a fire that burns when the lane starts is told before the start is done', async () => {
  await withLane({ before: (chip) => chip.pressFire(true) }, async ({ emergencies }) => {
    assert.equal(emergencies, [true]);
  });
});

test('a contact that bounces is one passage, and a glitch is none', async () => {
  await withLane({ debounce: 20 }, async ({ chip, passages, emergencies }) => {
    for (let each = 0; each < 5; each++) {
      chip.glitch(22);
      chip.glitch(24);
    }
    await pass(80);
    assert.equal(passages, []);
    assert.equal(emergencies, []);
    chip.force('entry');
    chip.glitch(22);
    chip.glitch(22);
    await until('the passage is reported', () => passages.length === 1);
    await pass(200);
    assert.is(passages.length, 1);
  });
});

test('a relay that stays on is read back and reported as stuck, and its mending too', async () => {
  await withLane({}, async (its) => {
    const { chip, turnstile } = its;
    await turnstile.unlock('entry', 5_000);
    await until('the arm is free', () => chip.state.unlocked);
    chip.stickRelay('entry', true);
    assert.is(await turnstile.lock(), false);
    assert.is(its.health.at(-1)?.detail, 'entry');
    chip.stickRelay('entry', false);
    assert.is(await turnstile.lock(), true);
    assert.equal(codes(its), ['ok', 'turnstile-relay-stuck', 'ok']);
  });
});

test('a killed program is started again and locks what it finds open', async () => {
  await withLane({ persists: true }, async (its) => {
    const { chip, turnstile } = its;
    turnstile.show('idle');
    await turnstile.unlock('entry', 10_000);
    await until('the arm is free', () => chip.state.unlocked);
    chip.killProgram();
    assert.is(chip.state.unlocked, true, 'the kernel keeps the level of a line that is let go');
    await until('the arm is locked', () => !chip.state.unlocked);
    await until('the lane signal is shown again', () => chip.state.lamps.white);
    await until('all is well', () => its.health.at(-1)?.ok === true);
    assert.equal(codes(its), ['ok', 'gpio-program-ended', 'ok']);
  });
});

test('with strict_gpiod a killed program alone locks the arm', async () => {
  await withLane({}, async ({ chip, turnstile }) => {
    await turnstile.unlock('entry', 10_000);
    await until('the arm is free', () => chip.state.unlocked);
    chip.killProgram();
    assert.is(chip.state.unlocked, false);
  });
});

test('a line that another holds is named with its holder, and taken when it is free', async () => {
  const before = (chip: SimulatedGpioChip) => chip.hold(17, 'spi0 CS1');
  await withLane({ before, started: false }, async (its) => {
    await until('it is reported', () => codes(its).includes('gpio-line-busy'));
    assert.is(its.health[0]?.detail, '17 is held by spi0 CS1');
    const refusal = await its.turnstile.unlock('entry', 100).catch((error) => error.code);
    assert.is(refusal, 'turnstile-disconnected');
    assert.is(await its.turnstile.lock(), false);
    its.chip.hold(17, '');
    await until('the line is taken', () => its.health.at(-1)?.ok === true);
  });
});

test('a machine without the chip says so', async () => {
  const before = (chip: SimulatedGpioChip) => {
    chip.missing = true;
  };
  await withLane({ before, started: false }, async (its) => {
    await until('it is reported', () => codes(its).includes('gpio-chip-missing'));
    its.chip.missing = false;
    await until('the chip is found', () => its.health.at(-1)?.ok === true);
  });
});

test('a chip is found by its label, and one of another label is not taken', async () => {
  await withLane({ chip: 'pinctrl-rp1', label: 'pinctrl-rp1' }, async (its) => {
    assert.equal(codes(its), ['ok']);
  });
  await withLane({ label: 'other', started: false }, async (its) => {
    await until('it is reported', () => codes(its).includes('gpio-chip-missing'));
  });
});

test('a program that hangs is ended and started again', async () => {
  await withLane({}, async (its) => {
    its.chip.goSilent(true);
    assert.is(await its.turnstile.lock(), false);
    await until('it is reported', () => codes(its).includes('gpio-program-ended'));
    its.chip.goSilent(false);
    await until('the lines are held again', () => its.health.at(-1)?.ok === true);
  });
});

test('stop forces the safe state and a direction without a relay is refused', async () => {
  await withLane({ pins: { relayExit: null }, persists: true }, async ({ chip, turnstile }) => {
    const refusal = await turnstile.unlock('exit', 100).catch((error) => error.code);
    assert.is(refusal, 'turnstile-no-relay');
    await turnstile.unlock('entry', 10_000);
    turnstile.show('emergency');
    await until('the arm is free', () => chip.state.unlocked && chip.state.lamps.green);
    await turnstile.stop();
    assert.is(chip.state.unlocked, false);
    assert.is(chip.state.lamps.green, false);
    await until('the lines are let go', () => !chip.state.connected);
  });
});

test('a missing Python is reported', async () => {
  const turnstile = openTurnstile(
    { kind: 'gpio', program: ['/nowhere/python3'] },
    { clock: systemClock },
  );
  const health: Health[] = [];
  void turnstile.start({
    onPassage: () => undefined,
    onEmergency: () => undefined,
    onHealth: (each) => health.push(each),
  });
  await until('it is reported', () => health[0]?.code === 'gpio-program-missing');
  await turnstile.stop();
});

test.run();
