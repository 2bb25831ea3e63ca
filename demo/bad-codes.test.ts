import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloud, systemClock } from '@gatehouse/cloud';
import {
  claimEntrance,
  loadEnrolment,
  makeConfigCode,
  readConfigCode,
} from '@gatehouse/provisioning';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { qrPicture } from './enrol.ts';

/** Config codes that are no good, each read by a process of its own; one cloud for all. */
const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const ROOT = join(import.meta.dirname, '..');
/** Nothing hangs there; whoever configures a device does not start it. */
const LANE = { turnstile: { kind: 'serial-relay', path: '/dev/null' } };
const silent = { info() {}, warn() {}, error() {} };
const data = mkdtempSync(join(tmpdir(), 'gatehouse-bad-codes-'));
let now = 0;
const clock = { ...systemClock, now: () => systemClock.now() + now };
const cloud = createCloud({
  ...{ dataDir: join(data, 'cloud'), host: '127.0.0.1', httpPort: 0, enrolPort: 0, mqttPort: 0 },
  ...{ clock, random: randomBytes, log: silent },
});

test.before(() => cloud.start());
test.after(async () => {
  await cloud.stop();
  rmSync(data, { recursive: true, force: true });
});

async function api(method: string, path: string, body?: object) {
  const token = readFileSync(join(data, 'cloud', 'admin-token'), 'utf8').trim();
  const headers = new Headers({ authorization: `Bearer ${token}` });
  if (body) headers.set('content-type', 'application/json');
  const answer = await fetch(`http://127.0.0.1:${cloud.ports().http}/api/v1${path}`, {
    ...{ method, headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${path} ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

interface Made {
  readonly id: string;
  readonly text: string;
  readonly typed: { readonly url: string; readonly code: string };
}

async function code(expires = clock.now() + HOUR): Promise<Made> {
  return api('POST', '/config-codes', {
    ...{ name: 'Main', venue: 'theatre', entrance: 'front', language: 'en', halls: [] },
    lanes: [{ name: 'Lane 1', direction: 'entry', staffed: false }],
    ...{ uses: 1, expires },
  });
}

interface Left {
  readonly said: string;
  readonly status: number | null;
  readonly state: string;
}

/** A device with an empty disk is given a code on its command line, by a technician who agrees. */
async function device(
  name: string,
  given: readonly string[],
  answers = 'yes\nyes\n',
): Promise<Left> {
  const dir = join(data, name);
  mkdirSync(dir);
  const config = join(dir, 'gateway.json');
  const own = join(dir, 'gateway');
  writeFileSync(config, JSON.stringify({ data: own, lanes: [LANE] }));
  const args = [join('bin', 'gatehouse.ts'), 'configure', ...given, '--config', config];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  // who has gone hears no answer
  child.stdin.on('error', () => undefined);
  child.stdin.end(answers);
  const status = await new Promise<number | null>((done) => child.once('close', done));
  const kept = existsSync(own) ? await loadEnrolment(own) : { state: 'unconfigured' };
  return { said, status, state: kept.state };
}

async function pictureOf(name: string, text: string, covered = 0): Promise<string> {
  const file = join(data, `${name}.png`);
  const picture = sharp(await qrPicture(text));
  const { width = 0, height = 0 } = await picture.metadata();
  const hand = { width, height: Math.max(1, Math.floor(height * covered)), channels: 3 as const };
  const cover = await sharp({ create: { ...hand, background: '#8a6f5a' } })
    .png()
    .toBuffer();
  await picture.composite(covered > 0 ? [{ input: cover, top: 0, left: 0 }] : []).toFile(file);
  return file;
}

/** The same claim and server, signed by somebody else or with another root. */
function remade(text: string, changes: object): string {
  const { config } = readConfigCode(text);
  const { privateKey } = generateKeyPairSync('ed25519');
  return makeConfigCode({ ...config, ...changes }, privateKey);
}

/** One character further on, in the middle of the signature or the payload. */
function tampered(text: string, at: number): string {
  const other = text[at] === 'A' ? 'B' : 'A';
  return text.slice(0, at) + other + text.slice(at + 1);
}

test('each code that is no good leaves the device unconfigured and says why', async () => {
  const good = await code();
  const [revoked, expiring, used] = [await code(), await code(clock.now() + 2_000), await code()];
  await api('DELETE', `/config-codes/${revoked.id}`);
  await claimEntrance({
    ...{ configText: used.text, dataDir: join(data, 'first'), hardware: 'x', software: 'x' },
    clock: { now: () => clock.now() },
  });
  now += 3_000;
  const { text } = good;
  const halfCovered = await pictureOf('half', text, 0.5);
  const cases: readonly (readonly [string, string, string])[] = [
    ['expired', expiring.text, 'claim-expired'],
    ['used-up', used.text, 'claim-used-up'],
    ['revoked', revoked.text, 'claim-revoked'],
    ['foreign', 'WIFI:T:WPA;S:cafe;P:secret;;', 'config-code-foreign'],
    ['forged', remade(text, {}), 'config-code-forged'],
    ['tampered', tampered(text, text.length - 20), 'config-code-forged'],
    ['torn', text.slice(0, text.length / 2), 'config-code-damaged'],
    ['covered', halfCovered, 'config-code-unseen'],
    ['elsewhere', await pictureOf('elsewhere', 'WIFI:T:WPA;S:cafe;;'), 'config-code-foreign'],
    ['pin', remade(text, { pins: [randomBytes(32)] }), 'server-pin-wrong'],
  ];
  for (let i = 0; i < cases.length; i += 3) {
    await Promise.all(
      cases.slice(i, i + 3).map(async ([name, given, why]) => {
        const { said, status, state } = await device(name, [given]);
        assert.is(state, 'unconfigured', name);
        assert.is.not(status, 0, name);
        assert.match(said, `gatehouse: ${why}: `, `${name}: ${said}`);
      }),
    );
  }
  const [{ used: uses, reserved }] = (await api('GET', '/config-codes')).configCodes;
  assert.equal([uses, reserved], [0, 0], 'none of them has cost the good code a use');
  const picture = await device('good', [await pictureOf('good', text)]);
  assert.is(picture.state, 'configured', picture.said);
});

test('a typed code that is no good, or a server that is not the sheet’s, changes nothing', async () => {
  const { typed } = await code();
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['misread', 'K7M4D-Q2X9', 'yes\n', 'typed-code-wrong: '],
    ['guessed', 'ZZZZZ-ZZZZZ', 'yes\nyes\n', 'claim-unknown: '],
    ['other-sheet', typed.code, 'no\n', 'This is not the server of the sheet'],
    ['declined', typed.code, 'yes\nno\n', 'not-confirmed: '],
  ];
  await Promise.all(
    cases.map(async ([name, given, answers, why]) => {
      const { said, status, state } = await device(name, [typed.url, given], answers);
      assert.is(state, 'unconfigured', name);
      assert.is.not(status, 0, name);
      assert.ok(said.includes(`gatehouse: ${why}`), `${name}: ${said}`);
    }),
  );
  const { state, said } = await device('typed', [typed.url, typed.code.toLowerCase()]);
  assert.is(state, 'configured', said);
});

test('a device whose clock is a year off is configured all the same; the server judges', async () => {
  // The clock of the cloud is moved, so that the device's is off the other way.
  for (const [name, off] of [
    ['fast', -YEAR],
    ['slow', YEAR],
  ] as const) {
    now = off;
    const { said, state } = await device(name, [(await code()).text]);
    assert.is(state, 'configured', said);
  }
  now = 0;
});

test.run();
