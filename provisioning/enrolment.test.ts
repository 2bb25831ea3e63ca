import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createPlainServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatehouseError } from '@gatehouse/protocol';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fingerprintOf, makeAuthority } from './authority.ts';
import { ATTEMPTS_MAX, openPinnedLink } from './enrol-link.ts';
import { claimEntrance, type Offer } from './enrolment.ts';
import { ENROLMENT_FILE, forgetEnrolment, KEY_FILE, loadEnrolment } from './kept-enrolment.ts';
import type { Enrolment } from './messages.ts';
import { clock, type EnrolServer, send, spkiOf, startEnrolServer } from './test/enrol-server.ts';

const test = suite<{ server: EnrolServer; dataDir: string }>('enrolment');

test.before.each(async (context) => {
  context.server = await startEnrolServer();
  context.dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-'));
});
test.after.each(async ({ server, dataDir }) => {
  await server.stop();
  await rm(dataDir, { recursive: true });
});

let pauses = 0;
const pause = async () => {
  pauses++;
};

interface Attempt {
  readonly clock?: { now(): number; trusted?: boolean };
  readonly configText: string;
  readonly dataDir: string;
  readonly confirm?: (offer: Offer) => Promise<boolean>;
}

const claim = (attempt: Attempt) =>
  claimEntrance({
    clock,
    ...attempt,
    hardware: 'test',
    software: '0.1.0',
    openLink: (config, era) => openPinnedLink(config, era, { pause }),
  });

async function errorOf(attempt: Attempt): Promise<GatehouseError> {
  try {
    await claim(attempt);
  } catch (error) {
    if (error instanceof GatehouseError) return error;
    throw error;
  }
  throw new Error('no error');
}

/** The code of a claim that has to fail before anything is written. */
async function codeOf(attempt: Attempt): Promise<string> {
  const { code } = await errorOf(attempt);
  assert.equal(await readdir(attempt.dataDir), [], `${code} wrote something`);
  return code;
}

test('a claim makes a device a gateway and survives a restart', async ({ server, dataDir }) => {
  const offers: Offer[] = [];
  const enrolment = await claim({
    configText: server.code(),
    dataDir,
    confirm: async (offer) => {
      assert.equal(await readdir(dataDir), []);
      return offers.push(offer) === 1;
    },
  });
  assert.is(offers[0]?.tenantName, 'Theatre');
  assert.is(enrolment.gateway, 'gw-1');
  const kept = await loadEnrolment(dataDir);
  assert.is(kept.state, 'configured');
  assert.equal(kept.state === 'configured' && kept.enrolment, enrolment);
});

test('a gateway learns whose signature a delta needs; an older enrolment does without', async ({
  server,
  dataDir,
}) => {
  const enrolment = await claim({ configText: server.code(), dataDir });
  assert.is(enrolment.tenantKey, spkiOf(createPublicKey(server.tenantKey)));
  const path = join(dataDir, ENROLMENT_FILE);
  const kept = JSON.parse(await readFile(path, 'utf8'));
  delete kept.enrolment.tenantKey;
  await writeFile(path, JSON.stringify(kept));
  const older = await loadEnrolment(dataDir);
  assert.is(older.state === 'configured' && older.enrolment.gateway, enrolment.gateway);
});

test('key and enrolment are for their owner only', async ({ server, dataDir }) => {
  await claim({ configText: server.code(), dataDir });
  assert.equal((await readdir(dataDir)).sort(), [KEY_FILE, ENROLMENT_FILE].sort());
  for (const file of [KEY_FILE, ENROLMENT_FILE]) {
    assert.is((await stat(join(dataDir, file))).mode & 0o777, 0o600, file);
  }
});

test('the claim is told only after the signature held', async ({ server, dataDir }) => {
  const other = await startEnrolServer();
  const pins = [fingerprintOf(server.root.certificate)];
  const foreign = other.code({ url: server.url, pins });
  assert.is(await codeOf({ configText: foreign, dataDir }), 'config-code-forged');
  assert.equal(server.requests, ['GET /enrol/1/tenant']);
  await other.stop();
});

test('a server whose root matches no pin hears nothing', async ({ server, dataDir }) => {
  const configText = server.code({ pins: [randomBytes(32)] });
  assert.is(await codeOf({ configText, dataDir }), 'server-pin-wrong');
  assert.equal(server.requests, []);
});

test('the next root is as good as the present one', async ({ server, dataDir }) => {
  const pins = [randomBytes(32), fingerprintOf(server.root.certificate)];
  assert.is((await claim({ configText: server.code({ pins }), dataDir })).gateway, 'gw-1');
});

test('a pinned root does not excuse a wrong name', async ({ dataDir }) => {
  const named = await startEnrolServer(['elsewhere.test']);
  const error = await errorOf({ configText: named.code(), dataDir });
  assert.is(error.code, 'server-certificate-invalid');
  assert.is(error.details.reason, 'ERR_TLS_CERT_ALTNAME_INVALID');
  assert.equal(named.requests, []);
  await named.stop();
});

test('a certificate that only comes along with a pinned root is refused', async ({ dataDir }) => {
  const good = await startEnrolServer();
  const attacker = await startEnrolServer(['127.0.0.1'], good.root.certificate);
  const pins = [fingerprintOf(good.root.certificate)];
  const code = await codeOf({ configText: good.code({ url: attacker.url, pins }), dataDir });
  assert.ok(['server-pin-wrong', 'server-certificate-invalid'].includes(code), code);
  assert.equal(attacker.requests, []);
  for (const server of [good, attacker]) await server.stop();
});

const DAY = 86_400_000;
/** Certificates as a device sees them whose clock is a year ahead, and a year behind. */
const AHEAD = { now: Date.now() - 1_000 * DAY };
const BEHIND = { now: Date.now() + 365 * DAY, from: Date.now() + 300 * DAY };
const unsure = { now: () => Date.now(), trusted: false };

test('a device that does not know the time judges the key and the name of a server, no dates', async ({
  dataDir,
}) => {
  for (const [n, dates] of [AHEAD, BEHIND].entries()) {
    const server = await startEnrolServer(['127.0.0.1'], '', dates);
    const own = join(dataDir, `${n}`);
    await claim({ configText: server.code(), dataDir: own, clock: unsure });
    assert.is((await loadEnrolment(own)).state, 'configured');
    await server.stop();
  }
});

test('a device that knows the time judges dates too', async ({ dataDir }) => {
  const reasons = [];
  for (const dates of [AHEAD, BEHIND]) {
    const server = await startEnrolServer(['127.0.0.1'], '', dates);
    const sure = { now: () => Date.now() };
    const expires = Date.now() + DAY;
    const error = await errorOf({ configText: server.code({ expires }), dataDir, clock: sure });
    assert.is(error.code, 'server-certificate-invalid');
    reasons.push(error.details.reason);
    assert.equal(server.requests, [], 'and says nothing to it');
    await server.stop();
  }
  assert.equal(reasons, ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
});

test('dates that nobody judges excuse nothing else', async ({ server: good, dataDir }) => {
  const attempt = async (server: EnrolServer, changes = {}) => {
    const { code, details } = await errorOf({
      ...{ configText: good.code({ url: server.url, ...changes }), dataDir, clock: unsure },
    });
    assert.equal(server.requests, [], 'it hears nothing');
    await server.stop();
    return `${code} ${details.reason ?? ''}`.trim();
  };
  const invalid = 'server-certificate-invalid';
  for (const dates of [AHEAD, BEHIND]) {
    const named = await startEnrolServer(['elsewhere.test'], '', dates);
    const pins = [fingerprintOf(named.root.certificate)];
    assert.is(await attempt(named, { pins }), `${invalid} ERR_TLS_CERT_ALTNAME_INVALID`);
    const alone = await startEnrolServer(['127.0.0.1'], good.root.certificate, dates);
    assert.match(await attempt(alone), /^server-(pin-wrong|certificate-invalid)/);
    const below = await startEnrolServer(['127.0.0.1'], '', { ...dates, below: true });
    const itsPin = [fingerprintOf(below.root.certificate)];
    assert.match(await attempt(below, { pins: itsPin }), invalid);
  }
});

test('an expired, a half and a foreign code end before the network', async ({
  server,
  dataDir,
}) => {
  const expired = server.code({ expires: clock.now() - 1000 });
  const half = server.code().slice(0, 200);
  assert.is(await codeOf({ configText: expired, dataDir }), 'config-code-expired');
  assert.is(await codeOf({ configText: half, dataDir }), 'config-code-damaged');
  assert.is(await codeOf({ configText: 'a ticket', dataDir }), 'config-code-foreign');
  assert.equal(server.requests, []);
});

test('a technician who says no changes nothing', async ({ server, dataDir }) => {
  const confirm = async () => false;
  assert.is(await codeOf({ configText: server.code(), dataDir, confirm }), 'not-confirmed');
  assert.is((await loadEnrolment(dataDir)).state, 'unconfigured');
});

test('an answer lost on the way is asked for again under the same id', async ({
  server,
  dataDir,
}) => {
  let lost = 0;
  server.misbehave = async (asked, answer, own) => {
    if (asked.method !== 'POST' || lost++ >= 2) return own();
    answer.end = () => asked.socket.destroy() && answer;
    await own();
  };
  pauses = 0;
  assert.is((await claim({ configText: server.code(), dataDir })).gateway, 'gw-1');
  assert.is(pauses, 2);
  assert.is(server.gateways.size, 1);
});

test('a device that gave up gets the same id when it tries again', async ({ server, dataDir }) => {
  const configText = server.code();
  server.misbehave = async (asked, answer, own) => {
    if (asked.method !== 'POST') return own();
    answer.end = () => asked.socket.destroy() && answer;
    await own();
  };
  const error = await errorOf({ configText, dataDir });
  assert.is(error.code, 'server-unreachable');
  assert.is(error.details.attempts, ATTEMPTS_MAX);
  assert.is((await loadEnrolment(dataDir)).state, 'unconfigured');
  server.misbehave = undefined;
  assert.is((await claim({ configText, dataDir })).gateway, 'gw-1');
  assert.is(server.gateways.size, 1);
});

test('a configured device keeps its place: the same code is done, another is refused', async ({
  server,
  dataDir,
}) => {
  const configText = server.code();
  const first = await claim({ configText, dataDir });
  const before = server.requests.length;
  assert.equal(await claim({ configText, dataDir }), first);
  const error = await errorOf({ configText: server.code(), dataDir });
  assert.is(error.code, 'already-enrolled');
  assert.is(server.requests.length, before);
  await forgetEnrolment(dataDir);
  assert.is((await loadEnrolment(dataDir)).state, 'unconfigured');
  assert.is((await claim({ configText: server.code(), dataDir })).gateway, 'gw-2');
});

test('what the server says is what the technician reads', async ({ server, dataDir }) => {
  for (const code of ['claim-unknown', 'claim-used-up', 'claim-expired', 'claim-revoked']) {
    server.misbehave = async (asked, answer, own) =>
      asked.method === 'POST' ? send(answer, { code, message: code }, 409) : own();
    assert.is((await errorOf({ configText: server.code(), dataDir })).code, code);
  }
  server.misbehave = async (_, answer) => send(answer, { code: 'else', message: '' }, 418);
  const error = await errorOf({ configText: server.code(), dataDir });
  assert.is(error.code, 'server-failed');
  server.misbehave = async (_, answer) => send(answer, { code: 'x', message: '' }, 503);
  pauses = 0;
  assert.is((await errorOf({ configText: server.code(), dataDir })).code, 'server-failed');
  assert.is(pauses, ATTEMPTS_MAX - 1);
  assert.is((await loadEnrolment(dataDir)).state, 'unconfigured');
});

test('an answer that this device could not use is not kept', async ({ server, dataDir }) => {
  const other = await makeAuthority({ serial: randomBytes(16), now: Date.now(), name: 'Other' });
  const wrong: Array<(enrolment: Enrolment) => object> = [
    (enrolment) => ({ ...enrolment, gateway: '../etc' }),
    (enrolment) => ({ ...enrolment, gateway: 'gw-9' }),
    (enrolment) => ({ ...enrolment, tenant: 'tenant-2' }),
    (enrolment) => ({ ...enrolment, certificate: other.certificate }),
    (enrolment) => ({ ...enrolment, tlsRoots: [other.certificate] }),
    (enrolment) => ({ ...enrolment, mqtt: { url: 'mqtt://127.0.0.1' } }),
    (enrolment) => ({ ...enrolment, venueKey: 'c2hvcnQ=' }),
    (enrolment) => ({ ...enrolment, tenantKey: 'c2hvcnQ=' }),
    (enrolment) => ({ ...enrolment, tenantKey: spkiOf(generateKeyPairSync('ed25519').publicKey) }),
    () => ({ padding: 'x'.repeat(300_000) }),
  ];
  for (const [i, alter] of wrong.entries()) {
    server.alter = alter;
    const { code } = await errorOf({ configText: server.code(), dataDir });
    assert.is(code, 'server-answer-invalid', `case ${i}`);
    assert.is((await loadEnrolment(dataDir)).state, 'unconfigured');
  }
});

test('a network without the server, or with another one there, is named', async ({
  server,
  dataDir,
}) => {
  const configText = server.code();
  await server.stop();
  const gone = await errorOf({ configText, dataDir });
  assert.is(gone.code, 'server-unreachable');
  assert.is(gone.details.reason, 'ECONNREFUSED');
  const plain = createPlainServer((socket) => socket.on('error', () => {}).end('hello\n'));
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const { port } = plain.address() as { port: number };
  const url = `https://127.0.0.1:${port}`;
  assert.is(await codeOf({ configText: server.code({ url }), dataDir }), 'server-unreachable');
  plain.close();
});

test('a damaged enrolment is reported, never taken for an unconfigured device', async ({
  server,
  dataDir,
}) => {
  await claim({ configText: server.code(), dataDir });
  const path = join(dataDir, ENROLMENT_FILE);
  const text = await readFile(path, 'utf8');
  for (const damaged of ['', text.slice(0, 100), text.replace('"gw-1"', '"!"')]) {
    await writeFile(path, damaged);
    const error = await errorOf({ configText: server.code(), dataDir });
    assert.is(error.code, 'enrolment-unreadable');
  }
  await writeFile(path, text);
  assert.is((await loadEnrolment(dataDir)).state, 'configured');
  await rm(join(dataDir, KEY_FILE));
  assert.is((await errorOf({ configText: server.code(), dataDir })).code, 'enrolment-unreadable');
});

test.run();
