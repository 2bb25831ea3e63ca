import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from './log.ts';
import { virtualClock } from './test/virtual-clock.ts';
import {
  createWatchdog,
  DECIDING_STUCK_MS,
  GRANTED_STUCK_MS,
  LOOK_MS,
  PING_EVERY_MS,
  systemdNotify,
} from './watchdog.ts';
import type { LaneView } from './web/index.ts';

function watched() {
  const clock = virtualClock();
  const said: string[] = [];
  const idle = { lane: 'l1', name: 'One', direction: 'entry', state: 'idle', signal: 'idle' };
  const lane = { ...idle, reads: 0 } as LaneView;
  const rig = { clock, said, lane };
  const watchdog = createWatchdog({
    lanes: () => [rig.lane],
    notify: (words) => said.push(...words),
    clock,
    log: silentLog,
  });
  const pings = async (milliseconds: number) => {
    said.length = 0;
    await clock.advance(milliseconds);
    return said.filter((word) => word === 'WATCHDOG=1').length;
  };
  return { ...rig, rig, watchdog, pings };
}

test('a gateway says that it is ready, then pings while its lanes are at rest', async () => {
  const { watchdog, said, pings, clock } = watched();
  watchdog.start();
  assert.equal(said, ['--ready', 'WATCHDOG=1']);
  assert.ok((await pings(60_000)) >= 60_000 / PING_EVERY_MS - 1);
  watchdog.stop();
  assert.is(said.at(-1), '--stopping');
  assert.is(await pings(60_000), 0);
  assert.is(clock.mono() > 0, true);
});

for (const [state, limit] of [
  ['deciding', DECIDING_STUCK_MS],
  ['granted', GRANTED_STUCK_MS],
] as const) {
  test(`a lane that hangs while ${state} gets no more pings, and gets them again after`, async () => {
    const { watchdog, pings, rig } = watched();
    watchdog.start();
    rig.lane = { ...rig.lane, state, scanId: 's1' };
    await pings(limit + 2 * LOOK_MS);
    assert.is(await pings(120_000), 0);
    rig.lane = { ...rig.lane, state: 'idle' };
    assert.ok((await pings(60_000)) > 0);
    watchdog.stop();
  });
}

test('a lane that decides one scan after the other makes progress', async () => {
  const { watchdog, pings, rig } = watched();
  watchdog.start();
  for (let scan = 0; scan < 20; scan++) {
    rig.lane = { ...rig.lane, state: 'deciding', scanId: `s${scan}` };
    assert.ok((await pings(10_000)) > 0);
  }
  watchdog.stop();
});

test('a lane that a fault has closed, or a fire opened, is not restarted', async () => {
  const { watchdog, pings, rig } = watched();
  watchdog.start();
  rig.lane = { ...rig.lane, state: 'closed', fault: 'turnstile-disconnected' };
  assert.ok((await pings(600_000)) > 100);
  rig.lane = { ...rig.lane, state: 'emergency', fault: undefined };
  assert.ok((await pings(600_000)) > 100);
  watchdog.stop();
});

test('systemd hears it on its socket; without a socket nothing is started', async () => {
  const missing = ['systemd-notify', 'python3'].find(
    (program) => spawnSync(program, ['--version']).error,
  );
  if (missing) {
    process.stdout.write(`skipped: needs ${missing}\n`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-notify-'));
  const path = join(folder, 'notify');
  const listener = spawn('python3', [
    ...['-I', '-u', '-c'],
    `import socket\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.bind('${path}')
print('bound')\nwhile True: print(s.recv(4096).decode())`,
  ]);
  let heard = '';
  const has = (word: string) =>
    new Promise<void>((resolve) => {
      const look = () => heard.includes(word) && resolve();
      listener.stdout.on('data', look);
      look();
    });
  listener.stdout.on('data', (bytes) => {
    heard += bytes;
  });
  await has('bound');
  systemdNotify({}, silentLog)(['--ready']);
  process.env.NOTIFY_SOCKET = path;
  const notify = systemdNotify(process.env, silentLog);
  notify(['WATCHDOG=1']);
  await has('WATCHDOG=1');
  assert.not.match(heard, /READY=1/);
  notify(['--ready']);
  await has('READY=1');
  process.env.NOTIFY_SOCKET = undefined;
  listener.kill();
  rmSync(folder, { recursive: true, force: true });
});

test.run();
