import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../scripts/patience.ts';
import type { DoorState } from './door-state.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

interface Run {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly complained: () => string;
  readonly ended: Promise<number | null>;
  address(): Promise<string>;
}

function start(...args: string[]): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout?.on('data', (bytes: Buffer) => (out += bytes));
  child.stderr?.on('data', (bytes: Buffer) => (err += bytes));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    said: () => out,
    complained: () => err,
    ended,
    async address() {
      // cloud and gateway start one after the other
      const deadline = Date.now() + 2 * PATIENCE_MS;
      while (!out.includes('\n')) {
        if (Date.now() > deadline || child.exitCode !== null) throw new Error(`not ready: ${err}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const [, ready] = /^Gatehouse is ready: (\S+)\n$/.exec(out) ?? [];
      if (!ready) throw new Error(`unexpected: ${out}`);
      return ready;
    },
  };
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-main-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const stateAt = async (address: string) =>
  (await (await fetch(new URL('demo/state', address))).json()) as DoorState;

test('it comes up whole, ends cleanly, and goes on with its data', async () => {
  await inFolder(async (data) => {
    const args = ['--port', '0', '--host', '127.0.0.1', '--data', data];
    const first = start(...args);
    const address = await first.address();
    const before = await stateAt(address);
    assert.is(before.gateway.state, 'configured');
    assert.is(before.lane?.state, 'idle');
    assert.match(await (await fetch(address)).text(), /<title>Gatehouse/);
    const ticket = await fetch(new URL('demo/tickets', address), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"kind":"regular"}',
    });
    assert.match(((await ticket.json()) as { code: string }).code, /^R/);
    first.child.kill('SIGTERM');
    assert.is(await first.ended, 0);

    const second = start(...args);
    const after = await stateAt(await second.address());
    assert.equal(after.evening, before.evening);
    assert.is(after.gateway.gateway, before.gateway.gateway);
    second.child.kill('SIGINT');
    assert.is(await second.ended, 0);
    assert.is(second.complained(), '');
    assert.is(JSON.parse(await readFile(join(data, 'demo.json'), 'utf8')).seats, 1);
  });
});

test('a taken port is one clear line with what to do, and exit code 1', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await inFolder(async (data) => {
    const run = start('--port', String(port), '--host', '127.0.0.1', '--data', data);
    assert.is(await run.ended, 1);
    assert.is(run.said(), '');
    assert.is(run.complained().trim().split('\n').length, 1);
    assert.match(run.complained(), new RegExp(`${port}.*--port ${port + 1}`));
  });
  server.close();
});

test('a wrong option is named, and exit code 1', async () => {
  const run = start('--colour', 'red');
  assert.is(await run.ended, 1);
  assert.match(run.complained(), /--colour.*Known: --port/);
});

test.run();
