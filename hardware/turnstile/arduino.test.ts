import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import type { Health, Turnstile } from '../devices.ts';
import { openTurnstile } from '../open.ts';
import { pass, until } from '../until.ts';
import {
  type SimulatedArduino,
  type SimulatedArduinoOptions,
  simulatedArduino,
} from './simulated/arduino.ts';
import type { TurnstileView } from './simulated/turnstile-on-pins.ts';

interface Lane {
  board: SimulatedArduino;
  turnstile: Turnstile;
  views: TurnstileView[];
  passages: number[];
  emergencies: boolean[];
  health: Health[];
  starting: Promise<void>;
}

/** A board and the shipping driver at the two ends of a TCP wire. */
async function withLane(
  options: Partial<SimulatedArduinoOptions> & { maximumPulse?: number; started?: boolean },
  run: (lane: Lane) => Promise<void>,
): Promise<void> {
  const views: TurnstileView[] = [];
  const { maximumPulse, started, ...board } = options;
  const simulated = simulatedArduino({
    path: 'tcp://127.0.0.1:0',
    onChange: (view) => views.push(view),
    ...board,
  });
  const path = await simulated.start();
  const turnstile = openTurnstile(
    {
      kind: 'arduino',
      path,
      pins: board.pins ?? {},
      unlockLevel: board.unlockLevel,
      lampLevel: board.lampLevel,
      passageContact: board.passageContact,
      fireContact: board.fireContact,
      maximumPulse,
    },
    { clock: systemClock },
  );
  const lane: Lane = {
    board: simulated,
    turnstile,
    views,
    passages: [],
    emergencies: [],
    health: [],
    starting: Promise.resolve(),
  };
  lane.starting = turnstile.start({
    onPassage: (at) => lane.passages.push(at),
    onEmergency: (active) => lane.emergencies.push(active),
    onHealth: (health) => lane.health.push(health),
  });
  try {
    if (started ?? true) await lane.starting;
    await run(lane);
  } finally {
    await turnstile.stop();
    await simulated.stop();
  }
}

const codes = (lane: Lane) => lane.health.map(({ ok, code }) => (ok ? 'ok' : code));

test('a granted guest walks through once, is counted, and the arm locks again', async () => {
  await withLane({}, async ({ board, turnstile, passages }) => {
    assert.is(board.walkThrough('entry'), false);
    await turnstile.unlock('entry', 3_000);
    await until('the arm is free', () => board.state.unlocked);
    assert.equal(board.state.free, ['entry']);
    assert.is(board.walkThrough('entry'), true);
    assert.is(board.walkThrough('entry'), false);
    await until('the passage is reported', () => passages.length === 1);
    assert.is(await turnstile.lock(), true);
    await pass(150);
    assert.is(passages.length, 1);
    assert.is(board.state.passages, 1);
  });
});

test('somebody who passes while the process is held up is counted', async () => {
  await withLane({}, async ({ board, turnstile, passages }) => {
    for (let guest = 1; guest <= 3; guest++) {
      await turnstile.unlock('entry', 3_000);
      await until('the arm is free', () => board.state.unlocked);
      board.walkThrough('entry');
      const nothing = new Int32Array(new SharedArrayBuffer(4));
      Atomics.wait(nothing, 0, 0, 250);
      await until('the passage is reported', () => passages.length === guest);
      await turnstile.lock();
      await pass(150);
    }
  });
});

test('the relay drops by itself at the end of its time', async () => {
  await withLane({}, async ({ board, turnstile }) => {
    await turnstile.unlock('exit', 60);
    await until('the arm is free', () => board.state.unlocked);
    assert.equal(board.state.free, ['exit']);
    await until('the arm is locked', () => !board.state.unlocked);
  });
});

test('no pulse is longer than the maximum of the driver', async () => {
  await withLane({ maximumPulse: 100 }, async ({ board, turnstile }) => {
    await turnstile.unlock('entry', 3_600_000);
    await until('the arm is free', () => board.state.unlocked);
    await until('the arm is locked', () => !board.state.unlocked);
  });
});

test('an active-low relay board and active-low lamps are at rest after the start', async () => {
  await withLane({ unlockLevel: 'low', lampLevel: 'low' }, async ({ board, turnstile }) => {
    assert.is(board.state.unlocked, false);
    assert.equal(board.state.lamps, { red: false, green: false, white: false });
    await turnstile.unlock('entry', 3_000);
    await until('the arm is free', () => board.state.unlocked);
    assert.is(await turnstile.lock(), true);
    assert.is(board.state.unlocked, false);
  });
});

test('a board that still holds its relay is forced to the safe state when connected', async () => {
  const board = simulatedArduino({ path: 'tcp://127.0.0.1:0', restartsWhenOpened: false });
  const settings = { kind: 'arduino', path: await board.start() } as const;
  const first = openTurnstile(settings, { clock: systemClock });
  const listener = { onPassage: () => undefined, onEmergency: () => undefined };
  await first.start(listener);
  await first.unlock('entry', 10_000);
  first.show('go');
  await until('the arm is free', () => board.state.unlocked && board.state.lamps.green);
  board.dropConnection();
  assert.is(board.state.unlocked, true, 'the board holds its outputs without a host');
  await until('the driver is back and the arm locked', () => !board.state.unlocked);
  await until('the lamps are dark', () => !board.state.lamps.green);
  await first.stop();
  await board.stop();
});

test('stop forces the safe state', async () => {
  await withLane({}, async ({ board, turnstile }) => {
    await turnstile.unlock('entry', 10_000);
    turnstile.show('emergency');
    await until('the arm is free', () => board.state.unlocked && board.state.lamps.green);
    await turnstile.stop();
    await until('all is dark', () => !board.state.unlocked && !board.state.lamps.green);
    assert.is(board.state.buzzer, false);
    await until('the wire is let go', () => !board.state.connected);
  });
});

test('signals light their lamps and sound the buzzer for a moment', async () => {
  await withLane({}, async ({ board, turnstile, views }) => {
    turnstile.show('go');
    await until('green', () => board.state.lamps.green);
    assert.is(board.state.lamps.red, false);
    await until('the buzzer has sounded', () => views.some(({ buzzer }) => buzzer));
    await until('the buzzer is silent', () => !board.state.buzzer);
    turnstile.show('stop');
    await until('red', () => board.state.lamps.red && !board.state.lamps.green);
    turnstile.show('wait');
    await until('white', () => board.state.lamps.white && !board.state.lamps.red);
    await until('white blinks', () => !board.state.lamps.white);
    turnstile.show('idle');
    await until('white is steady', () => board.state.lamps.white);
  });
});

for (const fireContact of ['nc', 'no'] as const) {
  test(`the fire input is followed, contact ${fireContact}`, async () => {
    await withLane({ fireContact }, async ({ board, emergencies }) => {
      await pass(30);
      assert.equal(emergencies, []);
      board.pressFire(true);
      await until('the emergency is reported', () => emergencies.length === 1);
      assert.is(board.walkThrough('exit'), true, 'the arms are freed by wiring');
      board.pressFire(false);
      await until('its end is reported', () => emergencies.length === 2);
      assert.equal(emergencies, [true, false]);
    });
  });
}

test('somebody who passes without leave is reported too', async () => {
  await withLane({ passageContact: 'nc' }, async ({ board, passages }) => {
    board.force('entry');
    await until('the tailgate is reported', () => passages.length === 1);
    board.force('exit');
    await until('the second is reported', () => passages.length === 2);
  });
});

test('lamps that change during a passage do not take the pull-up of its contact away', async () => {
  await withLane({}, async ({ board, turnstile, passages }) => {
    for (const count of [1, 2, 3]) {
      board.force('entry');
      await until('the passage is reported', () => passages.length === count);
      turnstile.show('stop');
      turnstile.show('idle');
      await pass(160);
    }
  });
});

test('a relay that stays on is read back and reported as stuck, and its mending too', async () => {
  await withLane({}, async (lane) => {
    const { board, turnstile } = lane;
    await turnstile.unlock('entry', 5_000);
    await until('the arm is free', () => board.state.unlocked);
    board.stickRelay('entry', true);
    assert.is(await turnstile.lock(), false);
    assert.equal(codes(lane), ['ok', 'turnstile-relay-stuck']);
    assert.is(lane.health.at(-1)?.detail, 'entry');
    board.stickRelay('entry', false);
    assert.is(await turnstile.lock(), true);
    assert.equal(codes(lane), ['ok', 'turnstile-relay-stuck', 'ok']);
  });
});

test('a relay that sticks at the end of its pulse is reported without being asked', async () => {
  await withLane({}, async (lane) => {
    await lane.turnstile.unlock('exit', 40);
    await until('the arm is free', () => lane.board.state.unlocked);
    lane.board.stickRelay('exit', true);
    await until('it is reported', () => codes(lane).includes('turnstile-relay-stuck'));
  });
});

test('a board that is unplugged comes back locked and works', async () => {
  await withLane({}, async (lane) => {
    const { board, turnstile } = lane;
    turnstile.show('idle');
    board.dropConnection();
    await until('the loss is reported', () => codes(lane).includes('wire-closed'));
    await until('the board is back', () => lane.health.at(-1)?.ok === true);
    await until('the lane signal is shown again', () => board.state.lamps.white);
    await turnstile.unlock('entry', 3_000);
    await until('the arm is free', () => board.walkThrough('entry'));
    await until('the passage is reported', () => lane.passages.length === 1);
  });
});

test('a board that restarts by itself is set up again', async () => {
  await withLane({}, async (lane) => {
    lane.board.restartBoard();
    await pass(100);
    lane.board.pressFire(true);
    await until('the fire input works again', () => lane.emergencies.at(-1) === true);
  });
});

test('a board that falls silent is given up, and found again', async () => {
  await withLane({}, async (lane) => {
    lane.board.goSilent(true);
    assert.is(await lane.turnstile.lock(), false);
    assert.equal(codes(lane), ['ok', 'turnstile-no-answer']);
    lane.board.goSilent(false);
    await until('the board is back', () => lane.health.at(-1)?.ok === true);
  });
});

test('a pin that the board does not have is reported by its number', async () => {
  await withLane({ pins: { relayEntry: 40 }, started: false }, async (lane) => {
    await until('it is reported', () => codes(lane).includes('turnstile-pin-unusable'));
    assert.is(lane.health.at(-1)?.detail, 'pin 40');
  });
});

test('unlocking without a board or without a relay is refused with its code', async () => {
  const pins = { relayExit: null };
  await withLane({ pins }, async ({ board, turnstile }) => {
    const refusal = (work: Promise<void>) =>
      work.then(
        () => 'done',
        (error) => error.code,
      );
    assert.is(await refusal(turnstile.unlock('exit', 100)), 'turnstile-no-relay');
    board.dropConnection();
    await pass(20);
    assert.is(await refusal(turnstile.unlock('entry', 100)), 'turnstile-disconnected');
    await turnstile.stop();
    assert.is(await refusal(turnstile.unlock('entry', 100)), 'turnstile-disconnected');
  });
});

test.run();
