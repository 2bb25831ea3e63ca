import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { simulatedArduino, simulatedScanner } from '@gatehouse/hardware/simulated';
import type { GatehouseError } from '@gatehouse/protocol';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import { GatewayConfig } from '../config.ts';
import { createGateway } from '../gateway.ts';
import { systemIds } from '../ids.ts';
import { silentLog } from '../log.ts';
import {
  codeOf,
  page,
  performanceRow,
  temporaryFolder,
  ticketRow,
  VENUE_KEY,
} from '../test/samples.ts';
import { type TestCloud, testCloud, until } from '../test/test-cloud.ts';
import { TicketStore } from '../tickets/index.ts';
import type { HandAnswer, HandheldState, LocalState } from './api.ts';
import { signedChallengeText, signedPairingText } from './api.ts';
import { askDoctor } from './ask-doctor.ts';
import { askStatus } from './ask-own.ts';
import { setDevicePin } from './device-pin.ts';
import { createPins } from './pin.ts';

const HOUR_MS = 3_600_000;
const PIN = '804211';
const scanner = simulatedScanner('tcp://127.0.0.1:0');
const board = simulatedArduino({ path: 'tcp://127.0.0.1:0' });
const digests = new TicketStore(':memory:', VENUE_KEY);
const data = temporaryFolder();
let cloud: TestCloud;
let gateway: ReturnType<typeof createGateway>;
let port = 0;
let paths = { scanner: '', board: '' };
const tickets = Array.from({ length: 40 }, (_, n) => ticketRow(digests, n + 1));

async function open(): Promise<void> {
  const config = GatewayConfig.parse({
    ...{ data, web: { port: 0, https: true }, peers: { port: 0, mdns: false } },
    lanes: [
      {
        scanners: [{ path: paths.scanner }],
        turnstile: { kind: 'arduino', path: paths.board },
      },
    ],
  });
  gateway = createGateway({
    ...{ config, clock: systemClock, ids: systemIds, random: Math.random, hardware: 'test' },
    log: silentLog,
  });
  port = await gateway.start();
}

test.before(async () => {
  const [one, two] = await Promise.all([scanner.start(), board.start()]);
  paths = { scanner: one, board: two };
  const lane = { name: 'Lane 1', direction: 'entry' as const, staffed: false };
  cloud = await testCloud([{ lane: 'lane-1', ...lane }]);
  const now = Date.now();
  const performances = [
    performanceRow({ opens: now - HOUR_MS, starts: now, closes: now + HOUR_MS }),
  ];
  cloud.handlers.tickets = ({ requestId, cursor }) => {
    const rows = cursor === null ? tickets : [];
    const changes = { requestId, from: cursor, cursor: 40, more: false, performances };
    cloud.send('tickets', { ...page(rows, changes) });
  };
  const pins = createPins(10);
  const people = [
    {
      staff: 'ds-1',
      name: 'Noor',
      code: '21',
      role: 'steward' as const,
      pin: await pins.hash('111111'),
    },
    {
      staff: 'ds-2',
      name: 'Bas',
      code: '22',
      role: 'lead' as const,
      pin: await pins.hash('222222'),
    },
  ];
  const { venue } = cloud.enrolment.configuration;
  cloud.handlers.staff = ({ version }) => {
    if (version !== 1) cloud.send('staff', { version: 1, venue, staff: people, unpaired: [] });
  };
  cloud.handlers.search = ({ requestId }) =>
    cloud.send('search', { requestId, found: [found], more: false });
  await cloud.enrol(data);
  await setDevicePin(data, PIN, silentLog);
  await open();
  await until('tickets are here', () => gateway.status().tickets.count === 40);
});

test.after(async () => {
  await gateway.stop();
  await cloud.stop();
  await scanner.stop();
  await board.stop();
});

const found = {
  ...{ ticket: 'ticket-30', holder: 'A. Jansen', order: '2026-1', performance: 'evening' },
  ...{ kind: 'regular' as const, status: 'valid' as const, uses: 1, used: 0, inside: false },
};

interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T & { readonly code?: string };
  readonly headers: IncomingHttpHeaders;
}

/** A browser: trusts the gateway's own authority and keeps its cookie. */
function browser() {
  let cookie = '';
  const { certificate: ca } = JSON.parse(readFileSync(join(data, 'web-authority.json'), 'utf8'));
  return {
    ask<T = Record<string, unknown>>(
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      return new Promise<Answer<T>>((resolve, reject) => {
        const asked = request(
          { ...{ host: 'localhost', port, path: `/api/${path}`, method, ca, agent: false } },
          (answer) => {
            let said = '';
            answer.on('data', (more) => (said += more));
            answer.on('end', () => {
              cookie =
                /gatehouse-local=[^;]*/.exec(answer.headers['set-cookie']?.[0] ?? '')?.[0] ??
                cookie;
              const { statusCode: status = 0, headers } = answer;
              resolve({ status, headers, body: JSON.parse(said || '{}') });
            });
          },
        );
        for (const [name, value] of Object.entries({ ...type, cookie, ...headers })) {
          if (value) asked.setHeader(name, value);
        }
        asked.on('error', reject);
        asked.end(text);
      });
    },
  };
}

type Browser = ReturnType<typeof browser>;

function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, key: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') };
}

function signed(key: KeyObject, text: string): string {
  return sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64');
}

async function prove(page: Browser, handheld: string, key: KeyObject): Promise<Answer<LocalState>> {
  const { body } = await page.ask<{ challenge: string }>('POST', 'challenge', { handheld });
  const { challenge } = body;
  const signature = signed(key, signedChallengeText(handheld, challenge));
  return page.ask<LocalState>('POST', 'session', { handheld, challenge, signature });
}

async function technician(): Promise<Browser> {
  const page = browser();
  assert.is((await page.ask('POST', 'technician/enter', { pin: PIN })).status, 200);
  return page;
}

async function paired(confirm = true) {
  const desk = await technician();
  const page = browser();
  const { privateKey, key } = keyPair();
  const { token } = (await desk.ask<{ token: string }>('POST', 'handhelds/pairing', {})).body;
  const asked = {
    token,
    key,
    signature: signed(privateKey, signedPairingText(token, key)),
    name: 'Door',
  };
  const { body } = await page.ask<{ handheld: { handheld: string } }>('POST', 'pair', asked);
  const id = body.handheld.handheld;
  if (confirm) await desk.ask('POST', `handhelds/${id}/confirm`, { name: 'North 1' });
  await prove(page, id, privateKey);
  return { page, id, privateKey, asked, desk };
}

const scanned = (page: Browser, code: string, scanId: string = v7()) =>
  page.ask<HandAnswer>('POST', 'handheld/scan', { scanId, code, source: 'camera' });

test('pages come over TLS that the own authority vouches for; its key is for its owner only', async () => {
  const { headers, body } = await browser().ask<LocalState>('GET', 'state');
  assert.is(body.gateway.state, 'configured');
  assert.match(String(headers['content-security-policy']), "frame-ancestors 'none'");
  assert.ok(headers['strict-transport-security']);
  assert.is(statSync(join(data, 'web-authority.json')).mode & 0o777, 0o600);
  assert.is(statSync(join(data, 'local.json')).mode & 0o777, 0o600);
});

test('the doctor on this machine is asked over TLS, and nobody else is told the PIN', async () => {
  const web = { host: 'localhost', port, https: true };
  const checks = await askDoctor({ data, web }, PIN);
  const certificate = checks.find(({ check }) => check === 'certificate');
  assert.is(certificate?.code, 'certificate-ok');
  const status = (await askStatus({ data, web })) as { tickets: { count: number } };
  assert.is(status.tickets.count, 40, 'an update asks the same way whether doors are open');
  assert.is(await askStatus({ data: '/nowhere', web }), undefined);
  const code = await askDoctor({ data: '/nowhere', web }, PIN).then(
    () => 'asked',
    (error: GatehouseError) => error.code,
  );
  assert.is(code, 'gateway-not-running', 'a server that is not known to be the gateway');
});

test('a pairing code is good once; only who holds the key gets a session', async () => {
  const { page, id, asked } = await paired();
  assert.is((await page.ask<LocalState>('GET', 'state')).body.handheld?.name, 'North 1');
  assert.is((await browser().ask('POST', 'pair', asked)).body.code, 'pairing-invalid');
  const thief = browser();
  assert.is((await prove(thief, id, keyPair().privateKey)).status, 403);
  assert.is((await thief.ask('GET', 'handheld/state')).body.code, 'session-missing');
  const other = createPublicKey(generateKeyPairSync('ed25519').privateKey);
  const key = other.export({ format: 'der', type: 'spki' }).toString('base64');
  assert.is((await thief.ask('POST', 'pair', { ...asked, key })).body.code, 'pairing-invalid');
});

test('a steward works only on a confirmed handheld, scans but neither searches nor unpairs', async () => {
  const { page, id, desk } = await paired(false);
  const steward = { code: '21', pin: '111111' };
  assert.is((await page.ask('POST', 'identify', steward)).body.code, 'handheld-unconfirmed');
  await desk.ask('POST', `handhelds/${id}/confirm`, { name: 'South' });
  assert.is((await page.ask('GET', 'handheld/state')).body.code, 'person-missing');
  const { body } = await page.ask<LocalState>('POST', 'identify', steward);
  assert.is(body.person?.role, 'steward');
  const answer = (await scanned(page, codeOf(1))).body;
  assert.equal([answer.verdict.key, answer.passed, answer.direction], ['ok', true, 'entry']);
  const state = (await page.ask<HandheldState>('GET', 'handheld/state')).body;
  assert.equal([state.lane, state.uplink], [id, 'connected']);
  assert.is(
    (await page.ask('POST', 'handheld/search', { words: 'jansen' })).body.code,
    'role-missing',
  );
  assert.is((await page.ask('DELETE', `handhelds/${id}`)).body.code, 'role-missing');
  assert.is((await page.ask('GET', 'technician/state')).body.code, 'role-missing');
  const list = await page.ask<{ performances: { inside: number; offline: string }[] }>(
    'GET',
    'handheld/performances',
  );
  assert.is(list.body.performances[0]?.inside, 1);
  assert.is(list.body.performances[0]?.offline, 'refuse');
  await page.ask('POST', 'lock', {});
  assert.is((await scanned(page, codeOf(2))).body.code, 'person-missing');
});

test('a lead searches in the cloud and lets in what was found, with a reason', async () => {
  const { page } = await paired();
  await page.ask('POST', 'identify', { code: '22', pin: '222222' });
  const { body } = await page.ask<{ found: { ticket: string; holder: string }[] }>(
    ...(['POST', 'handheld/search', { words: 'jansen' }] as const),
  );
  assert.is(body.found[0]?.holder, 'A. Jansen');
  const of = { ticket: 'ticket-30' };
  const asked = { scanId: v7(), of, reason: 'phone is empty' };
  const said = (await page.ask<HandAnswer>('POST', 'handheld/override', asked)).body;
  assert.equal([said.verdict.key, said.verdict.details.by], ['override', 'ds-2']);
  const again = (await page.ask<HandAnswer>('POST', 'handheld/override', asked)).body;
  assert.equal(again, said);
});

test('five wrong PINs lock a person, also when tried at once; a lead unlocks, and both are rows', async () => {
  const { page, desk } = await paired();
  const wrong = { code: '21', pin: '999999' };
  const codes = await Promise.all(
    Array.from({ length: 8 }, () => page.ask('POST', 'identify', wrong)),
  );
  const locked = codes.filter(({ body }) => body.code === 'staff-locked').length;
  assert.is(locked, 3);
  const right = await page.ask('POST', 'identify', { code: '21', pin: '111111' });
  assert.is(right.status, 423);
  const list = await desk.ask<{ locked: { staff: string }[] }>('GET', 'staff/locked');
  assert.equal(
    list.body.locked.map(({ staff }) => staff),
    ['ds-1'],
  );
  await desk.ask('POST', 'staff/ds-1/unlock', {});
  assert.is((await page.ask('POST', 'identify', { code: '21', pin: '111111' })).status, 200);
  const rows = await desk.ask<{ rows: { what?: string }[] }>('GET', 'technician/journal');
  const what = rows.body.rows.map((row) => row.what);
  assert.ok(what.includes('locked') && what.includes('unlocked'), what.join());
});

test('a restart keeps pairings and staff, works without the cloud, and ends sessions', async () => {
  const { page, id, privateKey } = await paired();
  await gateway.stop();
  await cloud.stop();
  await open();
  assert.is((await page.ask('GET', 'handheld/state')).body.code, 'session-missing');
  assert.is((await prove(page, id, privateKey)).body.handheld?.name, 'North 1');
  await page.ask('POST', 'identify', { code: '22', pin: '222222' });
  assert.is((await scanned(page, codeOf(7))).body.verdict.key, 'ok');
  assert.is(
    (await page.ask('POST', 'handheld/search', { words: 'jansen' })).body.code,
    'search-needs-cloud',
  );
  await cloud.restart();
});

test('an unpaired handheld is out at once', async () => {
  const { page, id, privateKey, desk } = await paired();
  await page.ask('POST', 'identify', { code: '22', pin: '222222' });
  await desk.ask('DELETE', `handhelds/${id}`);
  assert.is((await scanned(page, codeOf(8))).body.code, 'session-missing');
  assert.is((await prove(page, id, privateKey)).body.code, 'handheld-unknown');
});

test('another site changes nothing, whatever cookie the browser would send', async () => {
  const desk = await technician();
  const from = async (headers: Record<string, string>) =>
    (await desk.ask('POST', 'handhelds/pairing', {}, headers)).body.code;
  assert.is(await from({ origin: 'https://evil.example' }), 'origin-refused');
  assert.is(await from({ 'sec-fetch-site': 'cross-site' }), 'origin-refused');
  assert.is(await from({ 'content-type': 'text/plain' }), 'local-request-refused');
});

test('relays are tested only while armed and only at a closed lane', async () => {
  const desk = await technician();
  const pulse = () => desk.ask('POST', 'technician/lanes/lane-1', { do: 'pulse' });
  assert.is((await pulse()).body.code, 'not-armed');
  await desk.ask('POST', 'technician/arm', { armed: true });
  await until('the lane is idle', () => gateway.status().lanes[0]?.state === 'idle');
  assert.is((await pulse()).body.code, 'lane-not-closed');
  await desk.ask('POST', 'technician/lanes/lane-1', { do: 'close' });
  assert.equal((await pulse()).body, { ok: true });
  await desk.ask('POST', 'technician/lanes/lane-1', { do: 'open' });
  assert.is(gateway.status().lanes[0]?.state, 'idle');
  const { body } = await desk.ask<{ checks: { check: string; state: string }[] }>(
    'GET',
    'technician/doctor',
  );
  assert.is(body.checks.find(({ check }) => check === 'board')?.state, 'ok');
});

test('whatever is sent, the answer is JSON with a stable code and never a 500', async () => {
  const { page } = await paired();
  await page.ask('POST', 'identify', { code: '22', pin: '222222' });
  const routes = ['scan', 'end', 'group', 'passes', 'override', 'settle', 'search'].map(
    (name) => `handheld/${name}`,
  );
  const path = fc.constantFrom(...routes, 'pair', 'session', 'challenge', 'handhelds/x/confirm');
  const body = fc.oneof(
    fc.json(),
    fc.string({ maxLength: 200 }),
    fc
      .record({ scanId: fc.uuid(), code: fc.string(), source: fc.constant('typed') })
      .map((one) => JSON.stringify(one)),
  );
  await fc.assert(
    fc.asyncProperty(path, body, async (to, text) => {
      const { status, body: said } = await page.ask('POST', to, text);
      assert.ok(status < 500 || status === 503, `${to} ${status} ${JSON.stringify(said)}`);
      if (status >= 400) assert.type(said.code, 'string');
    }),
    { numRuns: 60 },
  );
});

test('an answer over the network takes a few times the bare decision, not a wait', async () => {
  const { page } = await paired();
  await page.ask('POST', 'identify', { code: '22', pin: '222222' });
  const took = async (work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
  const median = (all: number[]) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)] as number;
  const bare: number[] = [];
  const whole: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    bare.push(await took(() => page.ask('GET', 'state')));
    whole.push(await took(() => scanned(page, codeOf(10 + n))));
  }
  assert.ok(median(whole) < 20 * median(bare), `${median(whole)} ms beside ${median(bare)} ms`);
});

test.run();
