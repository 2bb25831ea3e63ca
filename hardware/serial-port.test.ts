/** The drivers over a real terminal device, which socat joins to the simulated one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from './clock.ts';
import type { Health } from './devices.ts';
import { openScanner, openTurnstile } from './open.ts';
import { simulatedScanner } from './scanner/simulated/scanner.ts';
import { simulatedArduino } from './turnstile/simulated/arduino.ts';
import { until } from './until.ts';

const hasSocat = spawnSync('socat', ['-V']).status === 0;
const proof = hasSocat
  ? test
  : (name: string, _run: () => Promise<void>) => {
      console.log(`SKIPPED ${name}: socat is not installed`);
      test.skip(name, () => undefined);
    };

/** Answers the terminal's path, such as `/dev/pts/4`. */
async function terminal(device: string): Promise<{ path: string; socat: ChildProcess }> {
  const { hostname, port } = new URL(device);
  const args = ['-d', '-d', 'pty,raw,echo=0', `tcp:${hostname}:${port},nodelay`];
  const socat = spawn('socat', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  socat.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  await until('socat is up', () => words.includes('starting data transfer loop'));
  const path = /PTY is (\/dev\/\S+)/.exec(words)?.[1];
  if (!path) throw new Error(words);
  return { path, socat };
}

async function endSocat(socat: ChildProcess): Promise<void> {
  if (socat.exitCode !== null || socat.signalCode) return;
  const gone = new Promise((resolve) => socat.once('exit', resolve));
  socat.kill();
  await gone;
}

proof('a scanner is read over a serial port, and its unplugging is told', async () => {
  const device = simulatedScanner('tcp://127.0.0.1:0', { profile: 'gm65' });
  const { path, socat } = await terminal(await device.start());
  const scanner = openScanner({ profile: 'gm65', path }, { clock: systemClock });
  const texts: string[] = [];
  const health: Health[] = [];
  await scanner.start({
    onText: ({ text }) => texts.push(text),
    onHealth: (each) => health.push(each),
  });
  assert.equal(health, [{ ok: true }]);
  await device.type('OVER-THE-LINE', { aim: ']Q1', piece: 3, pause: 2 });
  await until('the code came', () => texts.length === 1);
  assert.equal(texts, ['OVER-THE-LINE']);
  await endSocat(socat);
  await until('the loss is told', () => health.length > 1);
  assert.is(health[1]?.code, 'wire-closed');
  await scanner.stop();
  await device.stop();
});

proof('a turnstile is driven over a serial port', async () => {
  const board = simulatedArduino({ path: 'tcp://127.0.0.1:0' });
  const { path, socat } = await terminal(await board.start());
  const turnstile = openTurnstile({ kind: 'arduino', path }, { clock: systemClock });
  const passages: number[] = [];
  await turnstile.start({ onPassage: (at) => passages.push(at), onEmergency: () => undefined });
  await turnstile.unlock('entry', 3_000);
  await until('the arm is free', () => board.walkThrough('entry'));
  await until('the passage is told', () => passages.length === 1);
  assert.is(await turnstile.lock(), true);
  turnstile.show('go');
  await until('the lamp is on', () => board.state.lamps.green);
  await turnstile.stop();
  await until('the lamp is dark', () => !board.state.lamps.green);
  await endSocat(socat);
  await board.stop();
});

proof('a process that is ended puts the board behind a serial port to rest', async () => {
  const board = simulatedArduino({ path: 'tcp://127.0.0.1:0' });
  const { path, socat } = await terminal(await board.start());
  const program = `
    import { openTurnstile } from '${new URL('open.ts', import.meta.url)}';
    import { systemClock } from '${new URL('clock.ts', import.meta.url)}';
    const turnstile = openTurnstile(
      { kind: 'arduino', path: '${path}' }, { clock: systemClock });
    await turnstile.start({ onPassage() {}, onEmergency() {} });
    await turnstile.unlock('exit', 15000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: 'ignore',
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await until('the arm is free', () => board.state.unlocked);
  child.kill('SIGTERM');
  await gone;
  await until('the arm is locked', () => !board.state.unlocked);
  await endSocat(socat);
  await board.stop();
});

test.run();
