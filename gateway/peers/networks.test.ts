import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { papers, until } from '../test/peer-rig.ts';

const PROGRAM = join(import.meta.dirname, '..', 'test', 'peer-process.ts');
const tag = process.pid.toString(36);
const networks = [`gh-a-${tag}`, `gh-b-${tag}`];
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-peers-'));
const ends: ChildProcess[] = [];

const ip = (...args: string[]) => spawnSync('ip', args, { encoding: 'utf8' });

/** Two machines on one cable, without a router; gives what is in the way. */
function lay(): string | undefined {
  const [a, b] = networks as [string, string];
  const cable = ['link', 'add', 'cable', 'netns', a, 'type', 'veth', 'peer', 'name', 'cable'];
  const steps = [
    ['netns', 'add', a],
    ['netns', 'add', b],
    [...cable, 'netns', b],
    ...networks.flatMap((name, i) => [
      ['-n', name, 'addr', 'add', `10.99.0.${i + 1}/24`, 'dev', 'cable'],
      ['-n', name, 'link', 'set', 'lo', 'up'],
      ['-n', name, 'link', 'set', 'cable', 'up'],
    ]),
  ];
  for (const step of steps) {
    const { error, status, stderr } = ip(...step);
    if (error || status !== 0) return `ip ${step[0]}: ${error?.message ?? stderr.trim()}`;
  }
  return undefined;
}

function remove(): void {
  for (const one of ends) one.kill('SIGKILL');
  for (const name of networks) ip('netns', 'del', name);
  rmSync(folder, { recursive: true, force: true });
}

async function program(network: string, gateway: string, other: string) {
  const file = join(folder, `${gateway}.json`);
  writeFileSync(file, JSON.stringify(await papers(gateway)));
  const args = ['netns', 'exec', network, process.execPath, PROGRAM, file, gateway, other];
  const child = spawn('ip', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  ends.push(child);
  const said: string[] = [];
  child.stdout.on('data', (bytes) => said.push(...`${bytes}`.trim().split('\n')));
  return { child, said };
}

const reason = lay();
if (reason) console.log(`SKIPPED two machines on one cable: no network namespaces (${reason})`);
test.after(remove);

(reason ? test.skip : test)(
  'two processes on two machines without a router find each other by mDNS, and again',
  async () => {
    const [a, b] = networks as [string, string];
    const north = await program(a, 'north', 'south');
    const south = await program(b, 'south', 'north');
    await until(() => north.said.length > 0 && south.said.length > 0, 'connected');
    assert.equal([north.said, south.said], [['+south'], ['+north']]);
    south.child.stdin.end();
    await once(south.child, 'close');
    await until(() => north.said.length === 2, 'gone');
    const again = await program(b, 'south', 'north');
    await until(() => north.said.length === 3 && again.said.length === 1, 'back');
    assert.equal(north.said, ['+south', '-south', '+south']);
    north.child.stdin.end();
    again.child.stdin.end();
    await Promise.all([once(north.child, 'close'), once(again.child, 'close')]);
  },
);

test.run();
