import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claimEntrance } from './enrolment.ts';
import { ENROLMENT_FILE, KEY_FILE, loadEnrolment } from './kept-enrolment.ts';
import { clock, startEnrolServer } from './test/enrol-server.ts';

/** The first device, which lives to its end, leaves its compiled modules to those that die. */
const cache = await mkdtemp(join(tmpdir(), 'gatehouse-'));

const PROGRAM = fileURLToPath(new URL('./test/claim-and-die.ts', import.meta.url));
/** The steps of a claim in order, so that a new step without a crash test fails here. */
const STEPS = [
  ...['connect', 'tenant'],
  ...['key folder', 'key write', 'key rename', 'key sync'],
  'claim',
  ...['enrolment folder', 'enrolment write', 'enrolment rename', 'enrolment sync'],
  'end',
];
/** A claim that got this far has made the device a gateway. */
const CONFIGURED_FROM = STEPS.indexOf('enrolment sync');

async function die(how: 'clean' | 'torn', step: number, dataDir: string, code: string) {
  const child = spawn(process.execPath, [PROGRAM, how, String(step), dataDir, code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  const [, signal] = await once(child, 'close');
  return { signal, said };
}

/** Cuts the power at a step, looks at what is left, and claims again. */
async function cut(how: 'clean' | 'torn', step: number): Promise<void> {
  const where = `${how} cut before ${STEPS[step]}`;
  const server = await startEnrolServer();
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  try {
    const configText = server.code();
    assert.is((await die(how, step, dataDir, configText)).signal, 'SIGKILL', where);
    const left = await loadEnrolment(dataDir);
    assert.is(left.state, step >= CONFIGURED_FROM ? 'configured' : 'unconfigured', where);
    assert.is(server.gateways.size, step > STEPS.indexOf('claim') ? 1 : 0, where);
    const options = { configText, dataDir, clock, hardware: 'test', software: '0.1.0' };
    assert.is((await claimEntrance(options)).gateway, 'gw-1', where);
    assert.is((await loadEnrolment(dataDir)).state, 'configured', where);
    assert.equal((await readdir(dataDir)).sort(), [KEY_FILE, ENROLMENT_FILE].sort(), where);
  } finally {
    await rm(dataDir, { recursive: true });
    await server.stop();
  }
}

/** Two at a time: each case is a process of its own. */
async function cutAll(how: 'clean' | 'torn', steps: readonly number[]): Promise<void> {
  for (let i = 0; i < steps.length; i += 2) {
    await Promise.all(steps.slice(i, i + 2).map((step) => cut(how, step)));
  }
}

test('the list of steps above is the whole of a claim', async () => {
  const server = await startEnrolServer();
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  const { said, signal } = await die('clean', -1, dataDir, server.code());
  assert.is(signal, null);
  assert.is(said.trim(), String(STEPS.length));
  await rm(dataDir, { recursive: true });
  await server.stop();
});

test('the power may go at any step: the device is configured or not, never between', () =>
  cutAll('clean', [...STEPS.keys()]));

test('a file that was half written when the power went is not taken for a whole one', () =>
  cutAll('torn', [STEPS.indexOf('key write'), STEPS.indexOf('enrolment write')]));

test.after(() => rm(cache, { recursive: true }));

test.run();
