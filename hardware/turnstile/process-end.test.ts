import { type ChildProcess, spawn } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../until.ts';
import { type SimulatedArduino, simulatedArduino } from './simulated/arduino.ts';
import { simulatedGpioChip } from './simulated/gpio-chip.ts';
import { simulatedModbusRelay } from './simulated/modbus-relay.ts';
import { simulatedSerialRelay } from './simulated/serial-relay.ts';

/** A program of its own that holds the entry open with the shipping driver. */
function holder(settings: object, last: string, pulse = 15_000): ChildProcess {
  const program = `
    const pulse = ${pulse};
    import { openTurnstile } from '${new URL('../open.ts', import.meta.url)}';
    import { systemClock } from '${new URL('../clock.ts', import.meta.url)}';
    const turnstile = openTurnstile(${JSON.stringify(settings)}, { clock: systemClock });
    await turnstile.start({ onPassage() {}, onEmergency() {} });
    await turnstile.unlock('entry', pulse);
    turnstile.show('go');
    process.stdout.write('open');
    process.stdin.once('data', () => { ${last} });
  `;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

async function endOf(
  board: SimulatedArduino,
  last: string,
  end: (child: ChildProcess) => void,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const child = holder({ kind: 'arduino', path: await board.start() }, last);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
  await until('the arm is free', () => board.state.unlocked && board.state.lamps.green);
  end(child);
  const result = await ended;
  await until('the connection is gone', () => !board.state.connected);
  return result;
}

const board = () => simulatedArduino({ path: 'tcp://127.0.0.1:0', restartsWhenOpened: false });

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends the process and leaves the arm locked and the lamps dark`, async () => {
    const turnstile = board();
    const result = await endOf(turnstile, '', (child) => child.kill(signal));
    assert.is(result.signal, signal);
    assert.is(turnstile.state.unlocked, false);
    assert.is(turnstile.state.lamps.green, false);
    await turnstile.stop();
  });
}

test('an uncaught error leaves the arm locked', async () => {
  const turnstile = board();
  const last = "throw new Error('broken')";
  const result = await endOf(turnstile, last, (child) => child.stdin?.write('now'));
  assert.is(result.code, 1);
  assert.is(turnstile.state.unlocked, false);
  await turnstile.stop();
});

test('process.exit leaves the arm locked', async () => {
  const turnstile = board();
  const result = await endOf(turnstile, 'process.exit(3)', (child) => child.stdin?.write('now'));
  assert.is(result.code, 3);
  assert.is(turnstile.state.unlocked, false);
  await turnstile.stop();
});

test('after SIGKILL the board holds its outputs until a driver comes back', async () => {
  const turnstile = board();
  await endOf(turnstile, '', (child) => child.kill('SIGKILL'));
  assert.is(turnstile.state.unlocked, true, 'Firmata has no time-out of its own');
  await turnstile.stop();
});

test('a serial relay is switched off by a process that ends', async () => {
  const relay = simulatedSerialRelay({ path: 'tcp://127.0.0.1:0' });
  const child = holder({ kind: 'serial-relay', path: await relay.start() }, '');
  await until('the relay is on', () => relay.isOn(1));
  await until('the program is up', () => child.stdout?.readableLength !== 0);
  child.kill('SIGTERM');
  await until('the relay is off', () => !relay.isOn(1));
  await relay.stop();
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`${signal} locks the arm at the Pi's own pins, though the kernel keeps levels`, async () => {
    const chip = simulatedGpioChip({ persists: true });
    const child = holder({ kind: 'gpio', program: await chip.start() }, '');
    await until('the arm is free', () => chip.state.unlocked && chip.state.lamps.green);
    child.kill(signal);
    await until('the arm is locked', () => !chip.state.unlocked);
    await until('the lines are let go', () => !chip.state.connected);
    assert.is(chip.state.lamps.green, false);
    await chip.stop();
  });
}

test('after SIGKILL a Modbus relay drops at the end of its pulse', async () => {
  const relay = simulatedModbusRelay({ path: 'tcp://127.0.0.1:0' });
  const child = holder({ kind: 'modbus-relay', path: await relay.start() }, '', 1_000);
  await until('the relay is on', () => relay.isOn(1));
  child.kill('SIGKILL');
  await until('the relay is off', () => !relay.isOn(1));
  await relay.stop();
});

test.run();
