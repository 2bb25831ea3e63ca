import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewayStatus } from '@gatehouse/gateway';
import { type Elsewhen, GATEWAY, type TestCloud, testCloud } from '@gatehouse/gateway/test-cloud';
import { simulatedArduino } from '@gatehouse/hardware/simulated';
import { type EnrolServer, startEnrolServer } from '@gatehouse/provisioning/test-enrolment';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../scripts/free-port.ts';
import { PATIENCE_MS } from '../scripts/patience.ts';

/** What a technician does at a device, against a gateway that runs, as processes. */
const PROGRAM = join(import.meta.dirname, 'gatehouse.ts');
const DAY = 86_400_000;
const PIN = '804211';
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-technician-'));
const board = simulatedArduino({ path: 'tcp://127.0.0.1:0' });
const running: ChildProcess[] = [];
const clouds: TestCloud[] = [];
let boardPath = '';

test.before(async () => {
  boardPath = await board.start();
});

test.after(async () => {
  for (const child of running) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  await Promise.all([board.stop(), ...clouds.map((cloud) => cloud.stop())]);
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly fault: string;
}

function gatehouse(args: string[], typed: string): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, ...args], (error, out, fault) =>
      resolve({ code: error ? Number(error.code) : 0, out, fault }),
    );
    child.stdin?.end(typed);
  });
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((next) => setTimeout(next, 100));
  }
}

interface Device {
  readonly config: string;
  readonly cloud: TestCloud;
  status(): Promise<GatewayStatus>;
  stop(): Promise<void>;
}

/** A device with an empty disk, in a world whose clock is another than its own, made a gateway. */
async function device(name: string, elsewhen: Elsewhen, lanes: object[]): Promise<Device> {
  const named = lanes.map((_, n) => ({
    ...{
      lane: `lane-${n + 1}`,
      name: `Lane ${n + 1}`,
      direction: 'entry' as const,
      staffed: false,
    },
  }));
  const cloud = await testCloud(named, elsewhen);
  clouds.push(cloud);
  const dates = { now: Date.now() + elsewhen.off, ...('from' in elsewhen && elsewhen) };
  const enrol: EnrolServer = await startEnrolServer(['127.0.0.1'], '', {
    ...{ ...dates, gateway: GATEWAY },
  });
  const { tlsRoots, configuration, mqtt, venueKey } = cloud.enrolment;
  enrol.alter = (given) => ({
    ...{ ...given, mqtt, venueKey, configuration },
    tlsRoots: [...given.tlsRoots, ...tlsRoots],
  });
  const port = await freePort();
  const config = join(folder, `${name}.json`);
  const settings = { data: join(folder, name), web: { port }, peers: { enabled: false }, lanes };
  writeFileSync(config, JSON.stringify(settings));
  const { code, fault } = await gatehouse(
    ['configure', enrol.code(), '--config', config],
    'yes\nyes\n',
  );
  await enrol.stop();
  assert.is(code, 0, fault);
  assert.is((await gatehouse(['pin', '--config', config], `${PIN}\n`)).code, 0);
  const child = spawn(process.execPath, [PROGRAM, 'gateway', '--config', config]);
  running.push(child);
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const ready = once(child.stdout, 'data').then(() => true);
  const isReady = await Promise.race([ready, once(child, 'exit').then(() => false)]);
  assert.ok(isReady, said);
  return {
    config,
    cloud,
    status: async () => (await fetch(`http://127.0.0.1:${port}/status`)).json(),
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

const connected = (one: Device) =>
  until('the uplink is there', async () => (await one.status()).uplink === 'connected');

test('a device whose clock is years ahead is configured and connects; doctor names a broken lane', async () => {
  const good = { turnstile: { kind: 'arduino', path: boardPath } };
  const broken = { turnstile: { kind: 'arduino', path: 'tcp://127.0.0.1:1' } };
  const one = await device('ahead', { off: -1_000 * DAY }, [good, broken]);
  await connected(one);
  // It has been told the time by now, and judges the same server by that.
  await until('it has been told the time', async () => one.cloud.of('heartbeat').length > 1);
  one.cloud.drop();
  await until('it has lost its session', async () => (await one.status()).uplink !== 'connected');
  await connected(one);
  await until('lanes know their boards', async () => {
    const { lanes } = await one.status();
    return lanes[0]?.state === 'idle' && lanes[1]?.state === 'closed';
  });
  const { code, out } = await gatehouse(['doctor', '--config', one.config], `${PIN}\n`);
  assert.is(code, 1, out);
  const lines = out.trim().split('\n');
  const of = (check: string) => lines.filter((line) => line.includes(` ${check}: `));
  const [first = '', second = ''] = of('board');
  assert.match(first, /^ok {6}board: .*\(lane-1\) \[board-ok\]$/);
  assert.match(second, /^FAILED {2}board: .*\(lane-2\)\. [A-Z].* \[wire-missing\]$/);
  assert.match(of('clock').join(), /^ok .*\[clock-ok\]$/);
  assert.match(of('cloud').join(), /^ok .*\[cloud-ok\]$/);
  assert.match(of('camera').join(), /^none /);
  const wrong = await gatehouse(['doctor', '--config', one.config], '999999\n');
  assert.is(wrong.code, 1);
  assert.match(wrong.fault, 'gatehouse: identify-wrong: ');
  await one.stop();
});

test('a device whose clock is a year behind is configured and connects; doctor finds it well', async () => {
  const off = { off: 365 * DAY, from: Date.now() + 300 * DAY };
  const one = await device('behind', off, [{ turnstile: { kind: 'arduino', path: boardPath } }]);
  await connected(one);
  await until('it works', async () => (await one.status()).lanes[0]?.state === 'idle');
  await until('it has been told the time', async () => one.cloud.of('heartbeat').length > 1);
  const { code, out, fault } = await gatehouse(['doctor', '--config', one.config], `${PIN}\n`);
  const failed = out.split('\n').filter((line) => line.startsWith('FAILED'));
  // A machine that tests run on may have no network at all.
  assert.equal(
    failed.filter((line) => !line.includes(' network: ')),
    [],
    fault,
  );
  assert.is(code, failed.length === 0 ? 0 : 1);
  await one.stop();
});

test.run();
