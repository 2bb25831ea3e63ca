import { randomBytes } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPhoneCodes, type PhoneCodes } from '../guests/index.ts';
import { askInterleaved, type Kinds, rankTest, toldApart } from '../test/alike.ts';
import { secure, startPortal, testPhone } from './test/portal-house.ts';

/** Of each kind; interleaved. */
const EACH = 1_000;
/** Numbers of each kind; each is asked for again and again. */
const NUMBERS = 40;
/** Numbers that have a code; it may be tried five times. */
const CODES = 250;
const CODE_TRIES_MAX = 5;
const HOUR = 3_600_000;
/** Wide enough for every number that has tickets, but for one code of each of the limited ones. */
const LIMITS = { perNumber: 100, perNumberDay: 1_000, perAddressHour: 100_000 };

let codes: PhoneCodes | undefined;
let sent = 0;
/** Numbers whose first request has been answered. */
const answered = new Set<string>();
/** Messages that went out before. */
let early = 0;
const house = await startPortal({
  codes({ store, clock, log }) {
    codes = createPhoneCodes({
      ...{ store, clock, log, random: randomBytes, tenant: 'tenant', key: randomBytes(32) },
      venue: () => 'Theatre',
      sms: {
        async send({ to }) {
          sent += 1;
          if (!answered.has(to)) early += 1;
          return { accepted: true, id: 'x', said: '' } as never;
        },
        alarms: { raise: async () => undefined } as never,
      },
    });
    return codes;
  },
});
await codes?.start();
house.server.addHook('onResponse', async ({ body }) => {
  answered.add((body as { phone: string }).phone);
});
test.after(async () => {
  await codes?.stop();
  await house.stop();
});

const number = (kind: number, n: number) =>
  `+316${kind}${String(n % (kind > 4 ? CODES : NUMBERS)).padStart(3, '0')}1234`;
const post = (url: string, payload: object): InjectOptions => ({
  ...{ method: 'POST', url: `/portal/api/${url}`, payload },
});

async function sell(kind: number, starts: number): Promise<void> {
  const show = await house.perform(secure(starts, { ends: starts + 3 * HOUR }));
  for (let n = 0; n < NUMBERS; n++) await house.sell(show.id, number(kind, n));
}

test('S5: no ticket, too early, in time and limited are one answer after one time', async () => {
  await codes?.setLimits({
    ...(codes?.limits() as ReturnType<PhoneCodes['limits']>),
    ...{ ...LIMITS, perNetworkHour: 100_000, perTenantDay: 1e6, resendSeconds: [0] },
    ...{ perCountryDay: { '+31': 1e6, '+32': 1e6, '+49': 1e6 }, prefixSends: 10_000 },
  });
  const now = house.clock.now();
  await sell(2, now + 5 * HOUR);
  await sell(3, now + HOUR);
  await sell(4, now + HOUR);
  const limits = codes?.limits();
  if (limits) await codes?.setLimits({ ...limits, perNumber: 1 });
  for (let n = 0; n < NUMBERS; n++) {
    await house.server.inject(post('code', { phone: number(4, n), language: 'nl' }));
  }
  await house.portal.codeDesk.idle();
  assert.is(sent, NUMBERS, 'these have had theirs');
  const kinds: Kinds = Object.fromEntries(
    Object.entries({ 'no ticket': 1, 'too early': 2, 'in time': 3, limited: 4 }).map(
      ([name, kind]) => [name, (n) => post('code', { phone: number(kind, n), language: 'nl' })],
    ),
  );
  const ask = () => askInterleaved(house.server, kinds, EACH);
  const first = await ask();
  await house.portal.codeDesk.idle();
  assert.is(new Set(Object.values(first.faces).flat()).size, 1, 'status, headers, length, cookies');
  assert.is(sent, 2 * NUMBERS, 'those in time got one each, nobody else any');
  assert.is(early, 0, 'no SMS while its guest waits for an answer');
  assert.equal(await toldApart(ask, first), []);
});

test('G3: a wrong code is one answer after one time, whatever became of the number’s code', async () => {
  const limits = codes?.limits();
  if (limits) await codes?.setLimits({ ...limits, perNumber: 100, failuresInARow: 100 });
  const { keys } = await testPhone(house.server, number(1, 0));
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey));
  const publicKey = spki.toString('base64');
  const enter = (kind: number, n: number): InjectOptions =>
    post('login', { phone: number(kind, n), code: '000000', publicKey });
  const send = async (kind: number, n: number) => {
    const phone = number(kind, n);
    answered.add(phone);
    const request = { phone, address: '192.0.2.7', host: 'x.test', language: 'nl' } as const;
    await codes?.send({ ...request, purpose: 'login' });
  };
  for (let n = 0; n < CODES; n++) {
    await send(6, n);
    for (let tries = 0; tries < CODE_TRIES_MAX; tries++) {
      await codes?.check({ purpose: 'login', phone: number(6, n), code: '000000' });
    }
  }
  const kinds: Kinds = {
    'no code': (n) => enter(1, n),
    'tried out': (n) => enter(6, n),
    'has a code': (n) => enter(5, n),
  };
  const ask = async () => {
    for (let n = 0; n < CODES; n++) await send(5, n);
    return askInterleaved(house.server, kinds, EACH);
  };
  const first = await ask();
  assert.is(new Set(Object.values(first.faces).flat()).size, 1);
  assert.equal(await toldApart(ask, first), []);
});

test('the rank test finds what is slower by a twentieth, and nothing where nothing is', () => {
  const noise = (n: number) => ((n * 7919) % 1_009) / 1_009;
  const times = (slower: number, from: number) =>
    Array.from({ length: EACH }, (_, n) => (1 + noise(n + from)) * slower);
  assert.ok(rankTest(times(1, 0), times(1, 300)) > 0.5);
  assert.ok(rankTest(times(1, 0), times(1.05, 300)) < 0.001);
  assert.ok(Math.abs(rankTest([1, 2, 3, 4, 5], [3, 4, 5, 6, 7]) - 0.1138) < 0.001, 'with ties');
});

test.run();
