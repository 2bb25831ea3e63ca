import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../scripts/patience.ts';
import { type Child, keptChild } from './child.ts';
import type { ProcessView } from './door-state.ts';
import { openLogFile } from './log-file.ts';

interface Room {
  readonly seen: ProcessView[];
  until(state: ProcessView['state'], crashes?: number): Promise<void>;
  log(): Promise<string>;
  child(source: string, startMilliseconds?: number): Promise<Child>;
}

async function inRoom(run: (room: Room) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-child-'));
  const log = openLogFile(join(folder, 'child.log'));
  const seen: ProcessView[] = [];
  let child: Child | undefined;
  try {
    await run({
      seen,
      log: () => readFile(join(folder, 'child.log'), 'utf8'),
      async child(source, startMilliseconds = PATIENCE_MS) {
        const file = join(folder, 'child.mjs');
        await writeFile(file, source);
        child = keptChild({
          args: [file],
          cwd: folder,
          ready: /^up$/,
          startMilliseconds,
          log,
          onChange: (view) => seen.push(view),
        });
        return child;
      },
      async until(state, crashes = 0) {
        const deadline = Date.now() + PATIENCE_MS;
        while (child?.view.state !== state || (child?.view.crashes ?? 0) < crashes) {
          if (Date.now() > deadline) throw new Error(`never ${state}: ${JSON.stringify(seen)}`);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      },
    });
  } finally {
    await child?.stop();
    log.close();
    await rm(folder, { recursive: true });
  }
}

const STEADY = "console.log('up'); setInterval(() => {}, 1000);";

test('a process runs from its ready line until it is stopped', async () => {
  await inRoom(async (room) => {
    const child = await room.child(STEADY);
    child.start();
    await room.until('running');
    await child.stop();
    assert.equal(
      room.seen.map(({ state }) => state),
      ['starting', 'running', 'stopped'],
    );
    assert.match(await room.log(), /^up/);
  });
});

test('a process that ends by itself is started again and counted', async () => {
  await inRoom(async (room) => {
    const child = await room.child("console.log('up'); setTimeout(() => process.exit(3), 50);");
    child.start();
    await room.until('running', 1);
    assert.match(await room.log(), /ended by itself \(3\)/);
  });
});

test('a process that never gets ready is ended and started again', async () => {
  await inRoom(async (room) => {
    const child = await room.child('setInterval(() => {}, 1000);', 500);
    child.start();
    await room.until('starting', 1);
    assert.match(await room.log(), /not ready in time/);
  });
});

test('a process that is killed from outside comes back under another id', async () => {
  await inRoom(async (room) => {
    const child = await room.child(STEADY);
    child.start();
    await room.until('running');
    const first = child.pid as number;
    process.kill(first, 'SIGKILL');
    await room.until('running', 1);
    assert.is.not(child.pid, first);
  });
});

test('it can be started again while it is still ending', async () => {
  await inRoom(async (room) => {
    const slow = "process.on('SIGTERM', () => setTimeout(() => process.exit(0), 300));";
    const child = await room.child(`${slow}${STEADY}`);
    child.start();
    await room.until('running');
    const stopping = child.stop();
    child.start();
    await stopping;
    await room.until('running');
    assert.is(child.view.crashes, 0);
  });
});

test('a process whose starter is gone ends itself', async () => {
  const { spawn } = await import('node:child_process');
  const leash = new URL('leash.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', leash, '-e', STEADY], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  child.stdin?.end();
  assert.is(await ended, 'SIGTERM');
});

test.run();
