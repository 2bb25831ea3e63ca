import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import type { Direction, Health, Turnstile } from '../devices.ts';
import { openTurnstile } from '../open.ts';
import { until } from '../until.ts';
import { simulatedArduino } from './simulated/arduino.ts';
import { simulatedGpioChip } from './simulated/gpio-chip.ts';
import { simulatedModbusRelay } from './simulated/modbus-relay.ts';
import { simulatedSerialRelay } from './simulated/serial-relay.ts';

/** What every turnstile driver promises, whatever is at the far end of its wire. */
interface Rig {
  readonly turnstile: Turnstile;
  isOn(direction: Direction): boolean;
  stick(direction: Direction, stuck: boolean): void;
  /** The push-button in the cabinet; left out where the board has no inputs. */
  press?(down: boolean): void;
  /** Cuts the wire, or ends the program that holds the pins. */
  cut(): void;
  stop(): Promise<void>;
}

const CHANNEL = { entry: 1, exit: 2 } as const;
const path = 'tcp://127.0.0.1:0';
const parts = { clock: systemClock };
const maximumPulse = 5_000;

const rigs: Record<string, (maximum: number) => Promise<Rig>> = {
  async arduino(maximum) {
    const pins = { button: 11 };
    const board = simulatedArduino({ path, restartsWhenOpened: false, pins });
    const own = { kind: 'arduino', pins } as const;
    const settings = { ...own, path: await board.start(), maximumPulse: maximum };
    return {
      turnstile: openTurnstile(settings, parts),
      isOn: (direction) => board.state.free.includes(direction),
      stick: board.stickRelay,
      press: board.press,
      cut: board.dropConnection,
      stop: board.stop,
    };
  },
  async gpio(maximum) {
    const pins = { button: 25 };
    const chip = simulatedGpioChip({ persists: true, pins });
    const program = await chip.start();
    const own = { kind: 'gpio', program, pins } as const;
    return {
      turnstile: openTurnstile({ ...own, maximumPulse: maximum }, parts),
      isOn: (direction) => chip.state.free.includes(direction),
      stick: chip.stickRelay,
      press: chip.press,
      cut: chip.killProgram,
      stop: chip.stop,
    };
  },
  async 'serial-relay'(maximum) {
    const board = simulatedSerialRelay({ path, channels: 2, answersStatus: true });
    const own = { kind: 'serial-relay', exitChannel: 2, answersStatus: true } as const;
    const settings = { ...own, path: await board.start(), maximumPulse: maximum };
    return {
      turnstile: openTurnstile(settings, parts),
      isOn: (direction) => board.isOn(CHANNEL[direction]),
      stick: (direction, stuck) => board.stick(CHANNEL[direction], stuck),
      cut: board.drop,
      stop: board.stop,
    };
  },
  async 'modbus-relay'(maximum) {
    const board = simulatedModbusRelay({ path });
    const own = { kind: 'modbus-relay', exitChannel: 2, buttonInput: 8 } as const;
    const settings = { ...own, path: await board.start(), maximumPulse: maximum };
    return {
      turnstile: openTurnstile(settings, parts),
      isOn: (direction) => board.isOn(CHANNEL[direction]),
      stick: (direction, stuck) => board.stick(CHANNEL[direction], stuck),
      press: (down) => board.contact(8, down),
      cut: board.drop,
      stop: board.stop,
    };
  },
};

if (spawnSync('python3', ['--version']).status !== 0) {
  process.stdout.write('skipped: the contract of the gpio profile needs python3\n');
  delete rigs.gpio;
}

async function withRig(
  make: (maximum: number) => Promise<Rig>,
  run: (rig: Rig, health: Health[], pressed: boolean[]) => Promise<void>,
  maximum = maximumPulse,
): Promise<void> {
  const rig = await make(maximum);
  const health: Health[] = [];
  const pressed: boolean[] = [];
  try {
    await rig.turnstile.start({
      onPassage: () => undefined,
      onEmergency: () => undefined,
      onHealth: (each) => health.push(each),
      onButton: (down) => pressed.push(down),
    });
    await run(rig, health, pressed);
  } finally {
    await rig.turnstile.stop();
    await rig.stop();
  }
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code,
  );

for (const [kind, make] of Object.entries(rigs)) {
  test(`${kind}: a button is told when it is pressed and let go, and is no passage`, async () => {
    await withRig(make, async ({ press }, _health, pressed) => {
      if (!press) return assert.is(kind, 'serial-relay', 'only a board without inputs has none');
      press(true);
      await until('pressed', () => pressed.length === 1);
      press(false);
      await until('let go', () => pressed.length === 2);
      assert.equal(pressed, [true, false]);
    });
  });

  test(`${kind}: only the relay of the direction goes on, and lock reads it back`, async () => {
    await withRig(make, async ({ turnstile, isOn }, health) => {
      assert.equal(health, [{ ok: true }]);
      assert.is(isOn('entry') || isOn('exit'), false);
      await turnstile.unlock('exit', 4_000);
      await until('the exit is free', () => isOn('exit'));
      assert.is(isOn('entry'), false);
      assert.is(await turnstile.lock(), true);
      assert.is(isOn('exit'), false);
    });
  });

  test(`${kind}: no pulse outlasts the maximum`, async () => {
    const run = async ({ turnstile, isOn }: Rig) => {
      await turnstile.unlock('entry', 3_600_000);
      await until('the entry is free', () => isOn('entry'));
      await until('the entry is locked', () => !isOn('entry'));
    };
    await withRig(make, run, 300);
  });

  test(`${kind}: a stuck relay is named, and its mending told`, async () => {
    await withRig(make, async ({ turnstile, isOn, stick }, health) => {
      await turnstile.unlock('entry', 4_000);
      await until('the entry is free', () => isOn('entry'));
      stick('entry', true);
      assert.is(await turnstile.lock(), false);
      assert.equal(health.at(-1), { ok: false, code: 'turnstile-relay-stuck', detail: 'entry' });
      stick('entry', false);
      assert.is(await turnstile.lock(), true);
      assert.equal(health.at(-1), { ok: true });
    });
  });

  test(`${kind}: what is lost is refused, then found again, locked and at work`, async () => {
    await withRig(make, async ({ turnstile, isOn, cut }, health) => {
      await turnstile.unlock('entry', 4_000);
      await until('the entry is free', () => isOn('entry'));
      cut();
      await until('the loss is told', () => health.at(-1)?.ok === false);
      assert.is(await codeOf(turnstile.unlock('entry', 100)), 'turnstile-disconnected');
      assert.is(await turnstile.lock(), false);
      await until('it is found again', () => health.at(-1)?.ok === true);
      await until('the entry is locked', () => !isOn('entry'));
      await turnstile.unlock('entry', 4_000);
      await until('the entry is free again', () => isOn('entry'));
    });
  });

  test(`${kind}: stop locks and lets go, also a second time`, async () => {
    await withRig(make, async ({ turnstile, isOn }) => {
      await turnstile.unlock('entry', 4_000);
      await until('the entry is free', () => isOn('entry'));
      await turnstile.stop();
      await until('the entry is locked', () => !isOn('entry'));
      assert.is(await codeOf(turnstile.unlock('entry', 100)), 'turnstile-disconnected');
      await turnstile.stop();
    });
  });

  test(`${kind}: a start that waits is settled by stop`, async () => {
    const rig = await make(maximumPulse);
    await rig.stop();
    const listener = { onPassage: () => undefined, onEmergency: () => undefined };
    const starting = rig.turnstile.start(listener);
    await rig.turnstile.stop();
    await starting;
    assert.is(await codeOf(rig.turnstile.unlock('entry', 100)), 'turnstile-disconnected');
  });
}

test.run();
