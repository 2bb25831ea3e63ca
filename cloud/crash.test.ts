import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../scripts/free-port.ts';
import { adminApi, enrol, perform } from './test/api.ts';
import { movableClock } from './test/house.ts';
import { ending, newScanId, question } from './test/phone.ts';

const SCRIPT = fileURLToPath(new URL('./test/run-cloud.ts', import.meta.url));
const TICKETS = 20;
let dir: string;
/** Longer than any restart of the cloud, so that no grant lapses meanwhile. */
const PASSAGE_MS = 120_000;
let child: ChildProcess | undefined;

test.before.each(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-crash-'));
});
test.after.each(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(dir, { recursive: true, force: true });
});

/** Starts the cloud as a process; gives its address once it says that it is ready. */
async function start(mqttPort: number): Promise<string> {
  const options = { dataDir: dir, host: '127.0.0.1', httpPort: 0, enrolPort: 0, mqttPort };
  child = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = (await once(lines, 'line')) as [string];
  assert.match(line, /^cloud ready http:\/\/127\.0\.0\.1:\d+$/);
  return line.slice('cloud ready '.length);
}

test('kill -9 between validate and settle: nothing that was answered is lost', async () => {
  const mqttPort = await freePort();
  const before = await adminApi(await start(mqttPort), dir);
  const gate = await enrol(before, join(dir, 'gate'));
  const client = await gate.connect(mqttPort);
  const performance = await perform(before);
  for (let n = 0; n < TICKETS; n++) {
    await before.call('POST', `/performances/${performance}/tickets`, { code: `GUEST-${n}` });
  }
  const clock = movableClock();
  const asked = Array.from({ length: TICKETS }, (_, n) =>
    question(clock, `GUEST-${n}`, { passageMs: PASSAGE_MS }),
  );
  for (const request of asked) client.send('validate', request);
  for (const { scanId } of asked) await client.next('validate', (said) => said.scanId === scanId);
  const passed = asked.slice(0, TICKETS / 2);
  for (const { scanId } of passed) client.send('settle', ending(clock, scanId, 'passed'));
  for (const { scanId } of passed) await client.next('settle', (said) => said.scanId === scanId);
  child?.kill('SIGKILL');
  await client.closed();

  const after = await adminApi(await start(mqttPort), dir);
  const again = await gate.connect(mqttPort);
  const { body } = await after.call('GET', `/scans?performance=${performance}`);
  assert.is(body.scans.length, TICKETS);
  const done = body.scans.filter(({ result }: { result: string }) => result === 'passed');
  assert.is(done.length, TICKETS / 2);
  for (const [n, request] of asked.entries()) {
    again.send('validate', { ...request, attempt: 2 });
    const answer = await again.next('validate', ({ scanId }) => scanId === request.scanId);
    assert.is(answer.verdict.key, 'ok', 'the stored verdict is said again');
    assert.is(answer.ended, n < TICKETS / 2 ? 'passed' : undefined);
  }
  const open = asked.at(-1)?.scanId as string;
  again.send('validate', question(clock, `GUEST-${TICKETS - 1}`, { scanId: newScanId() }));
  const other = await again.next('validate');
  assert.is(other.verdict.key, 'busy', 'its grant has survived');
  again.send('settle', ending(clock, open, 'passed'));
  await again.next('settle');
  await again.end();
});

test('SIGTERM ends the cloud cleanly with exit code 0', async () => {
  const base = await start(0);
  const stream = fetch(`${base}/healthz`);
  assert.is((await stream).status, 200);
  child?.kill('SIGTERM');
  const [code] = await once(child as ChildProcess, 'exit');
  assert.is(code, 0);
});

test.run();
