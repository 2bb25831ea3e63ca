import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { beaconIndexAt } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../../scripts/patience.ts';
import { createServer } from '../http/index.ts';
import { ending, question } from '../test/phone.ts';
import { portalRoutes } from './index.ts';
import { LANGUAGES_MAX } from './portal.ts';
import { CODE, PHONE, secure, startPortal, testPhone } from './test/portal-house.ts';

const HOUR = 3_600_000;
const house = await startPortal();
const { server, clock, validator } = house;
test.after(() => house.stop());

let numbers = 0;
const newNumber = () => `+3161${String(1_000_000 + ++numbers)}`;

/** A logged-in phone with secure tickets of a performance that begins now. */
async function guest(count = 1, settings: object = {}) {
  const number = newNumber();
  const performance = await house.perform(secure(clock.now(), settings));
  const tickets = await house.sell(performance.id, number, count);
  const phone = await testPhone(server, number);
  const { status, view } = await phone.login();
  assert.is(status, 200);
  return { number, performance, tickets, phone, view };
}

/** Holds a code to the gate and walks through. */
async function pass(code: string, direction: 'entry' | 'exit' = 'entry') {
  const request = question(clock, code, { direction });
  const answer = await validator.validate('door', request);
  const ended = ending(clock, request.scanId, 'passed', { direction });
  return {
    verdict: answer.verdict.key,
    through: () => validator.settle('door', { ...ended, ticket: answer.ticket }),
  };
}

test('a code that the phone signs opens the gate, and S7: it goes when somebody has passed', async () => {
  const { phone, view } = await guest();
  const { verdict, through } = await pass(await phone.sign(view, clock.now()));
  assert.is(verdict, 'ok');
  assert.is((await phone.tickets()).view.tickets[0]?.state, 'code', 'a grant is not a passage');
  await through();
  const used = (await phone.tickets()).view;
  assert.is(used.tickets[0]?.state, 'used');
  assert.is(used.tickets[0]?.code, null);
  assert.ok(used.tickets[0]?.usedAt);
  assert.is(used.signing, null);
});

test('S15: the code comes back after an exit where re-entry is on', async () => {
  const { phone, view } = await guest(1, { reEntry: true });
  const entry = await pass(await phone.sign(view, clock.now()));
  await entry.through();
  assert.is((await phone.tickets()).view.tickets[0]?.state, 'used');
  clock.move(60_000);
  const out = await pass(await phone.sign(view, clock.now()), 'exit');
  assert.is(out.verdict, 'exit');
  await out.through();
  assert.is((await phone.tickets()).view.tickets[0]?.state, 'code');
});

test('a lane learns the language that the phone’s page spoke when its key was bound', async () => {
  const number = newNumber();
  const performance = await house.perform(secure(clock.now()));
  await house.sell(performance.id, number, 1);
  const spoken = async (language?: string) => {
    const phone = await testPhone(server, number, language);
    const { view } = await phone.login();
    const request = question(clock, await phone.sign(view, clock.now()));
    const { label } = await validator.validate('door', request);
    assert.not.match(JSON.stringify(view), 'language', 'the phone knows what it speaks');
    return label;
  };
  assert.is((await spoken())?.language, undefined);
  const { language, seat } = (await spoken('fr-CA,fr;q=0.9')) ?? {};
  assert.equal([language, seat], ['fr', '7'], 'and all else stays');
  assert.is((await spoken('xx'))?.language, 'fr', 'one that no page speaks changes nothing');
});

test('the newest choice of language counts, also after the key was bound, and of its phone alone', async () => {
  const number = newNumber();
  const performance = await house.perform(secure(clock.now()));
  await house.sell(performance.id, number, 2);
  const phone = await testPhone(server, number, 'nl');
  const { view } = await phone.login();
  const labels = async () => {
    const { db } = house.store;
    const rows = await db
      .selectFrom('tickets')
      .select('label')
      .where('phone', '=', number)
      .execute();
    return rows.map(({ label }) => JSON.parse(label).language);
  };
  assert.equal(await labels(), ['nl', 'nl']);
  const before = house.ticketing.door.cursor();
  await phone.tickets();
  assert.is(house.ticketing.door.cursor(), before, 'the same choice is no news');
  phone.speaks('de');
  await phone.tickets();
  assert.equal(await labels(), ['de', 'de']);
  assert.is(house.ticketing.door.cursor(), before + 2, 'gateways hear of it');
  phone.speaks('en');
  await phone.tickets();
  assert.equal(await labels(), ['en', 'en']);
  const request = question(clock, await phone.sign(view, clock.now()));
  assert.is((await validator.validate('door', request)).label?.language, 'en', 'its codes go on');
  const second = await testPhone(server, number, 'fr');
  await second.login();
  await phone.tickets();
  assert.equal(await labels(), ['fr', 'fr'], 'a phone that is superseded has no say');
  for (let n = 0; n < LANGUAGES_MAX; n += 1) {
    second.speaks(n % 2 === 0 ? 'de' : 'nl');
    await second.tickets();
  }
  const last = await labels();
  second.speaks('en');
  await second.tickets();
  assert.equal(await labels(), last, 'nobody plays with it for ever');
});

test('a second phone that logs in takes the tickets over: the first one is superseded', async () => {
  const { number, phone, view, tickets } = await guest(2);
  const second = await testPhone(server, number);
  const { view: taken } = await second.login();
  assert.is(taken.place, 'here');
  assert.is(taken.tickets.length, tickets.length);
  const old = (await phone.tickets()).view;
  assert.is(old.place, 'elsewhere');
  assert.equal(old.tickets, []);
  assert.is(old.signing, null);
  assert.is((await pass(await phone.sign(view, clock.now()))).verdict, 'superseded');
  assert.is((await pass(await second.sign(taken, clock.now()))).verdict, 'ok');
  const again = await phone.post('key', { publicKey: randomBytes(91).toString('base64') });
  assert.is(again.body.code, 'portal-taken-over');
  assert.is((await phone.login()).view.place, 'here');
  assert.is((await second.tickets()).view.place, 'elsewhere');
});

test('a phone that is pushed out while it asks never binds its key again', async () => {
  const { number, phone } = await guest(3);
  const second = await testPhone(server, number);
  await Promise.all([phone.tickets(), second.login(), phone.tickets(), phone.tickets()]);
  const { view } = await second.tickets();
  assert.equal(
    view.tickets.map(({ state }) => state),
    ['code', 'code', 'code'],
  );
  assert.is((await pass(await second.sign(view, clock.now(), 2))).verdict, 'ok');
});

test('a ticket that comes into its window later is bound to the phone by itself', async () => {
  const { number, phone } = await guest();
  const later = await house.perform(secure(clock.now() + 90 * 60_000));
  await house.sell(later.id, number);
  const [, early] = (await phone.tickets()).view.tickets;
  assert.is(early?.state, 'early');
  clock.move(31 * 60_000);
  const { view } = await phone.tickets();
  assert.is(view.tickets[1]?.state, 'code');
  assert.is((await pass(await phone.sign(view, clock.now(), 1))).verdict, 'ok');
});

test('codes signed ahead for later beacons are refused', async () => {
  const { phone, view } = await guest();
  const ahead = { ...view, signing: { ...view.signing! } };
  const soon = clock.now() + 3 * 300_000;
  const index = beaconIndexAt(soon);
  ahead.signing.beacon = { index, value: view.signing!.beacon.value, until: soon };
  const code = await phone.sign(ahead, soon);
  clock.move(soon - clock.now());
  await house.ticketing.beacons.current();
  assert.is((await pass(code)).verdict, 'forged');
});

test('a session brings a new key without an SMS, a few times', async () => {
  const { phone, number } = await guest();
  const sent = house.sent.length;
  const results: unknown[] = [];
  for (let n = 0; n < 5; n++) {
    const other = await testPhone(server, number);
    const spki = await crypto.subtle.exportKey('spki', other.keys.publicKey);
    const publicKey = Buffer.from(spki).toString('base64');
    const { status, body } = await phone.post('key', { publicKey });
    results.push(status === 200 ? body.tickets[0]?.state : body.code);
  }
  assert.equal(results, ['code', 'code', 'code', 'code', 'portal-keys-used-up']);
  assert.is(house.sent.length, sent);
});

test('a blocked ticket is shown as such, a cancelled or re-delivered one no more', async () => {
  const { phone, tickets } = await guest(3);
  const [one, two, three] = tickets as [string, string, string];
  await house.ticketing.changeTicket(one, { status: 'blocked' });
  await house.ticketing.changeTicket(two, { status: 'cancelled' });
  const dead = { replaced_by: 'another' };
  await house.store.db.updateTable('tickets').set(dead).where('id', '=', three).execute();
  const { view } = await phone.tickets();
  assert.equal(
    view.tickets.map(({ id, state, code }) => [id, state, code]),
    [[one, 'blocked', null]],
  );
});

test('S5: the session lasts until the last S7 end', async () => {
  const { phone, performance, view } = await guest(1, { ends: clock.now() + 3 * HOUR });
  assert.is(view.until, performance.ends);
  clock.move(3 * HOUR);
  assert.is((await phone.tickets()).status, 401);
  clock.move(-3 * HOUR);
});

test('logging out ends the session', async () => {
  const { phone } = await guest();
  assert.is((await phone.post('logout', {})).status, 204);
  assert.is((await phone.tickets()).status, 401);
});

test('a wrong code, an unknown number and a number without tickets look alike', async () => {
  const { number } = await guest();
  const known = await (await testPhone(server, number)).login('000000');
  const unknown = await (await testPhone(server, newNumber())).login('000000');
  assert.is(known.status, 403);
  assert.equal(known, unknown);
});

test('S5: asking for a code is answered the same, whoever asks', async () => {
  const { number } = await guest();
  const asked = (phone: string) =>
    server.inject({ method: 'POST', url: '/portal/api/code', payload: { phone, language: 'nl' } });
  const one = await asked(number);
  const other = await asked(newNumber());
  const { date: _, ...headers } = one.headers;
  const { date: __, ...others } = other.headers;
  assert.is(one.statusCode, other.statusCode);
  assert.is(one.body, other.body);
  assert.equal(headers, others);
});

test('one SMS is kept back for a phone that has had these tickets, and for no other', async () => {
  const { number, phone, performance } = await guest();
  const ask = async (cookie: string) => {
    house.sent.length = 0;
    const payload = { phone: number, language: 'en' };
    const headers = cookie ? { cookie } : {};
    await server.inject({ method: 'POST', url: '/portal/api/code', payload, headers });
    await house.portal.codeDesk.idle();
    return house.sent[0]?.keptBack;
  };
  assert.is(await ask(''), undefined);
  assert.is(await ask(phone.cookie), performance.id);
  const stranger = await guest();
  assert.is(await ask(stranger.phone.cookie), undefined);
  await (await testPhone(server, number)).login();
  assert.is(await ask(phone.cookie), performance.id, 'also after another phone took over');
});

test('S5 G3: 10,000 forged logins send no SMS', async () => {
  house.sent.length = 0;
  for (let n = 0; n < 10_000; n++) {
    const phone = `+3162${String(n).padStart(7, '0')}`;
    const address = `198.51.${n % 256}.${n >> 8}`;
    house.portal.codeDesk.ask({ phone, address, language: 'nl', known: n % 2 === 0 });
  }
  await house.portal.codeDesk.idle();
  assert.is(house.sent.length, 0);
});

test('a request from another site is refused', async () => {
  const headers = { origin: 'https://evil.example' };
  const payload = { phone: PHONE, code: CODE, publicKey: 'AAAA' };
  const answer = await server.inject({
    method: 'POST',
    url: '/portal/api/login',
    headers,
    payload,
  });
  assert.is(answer.statusCode, 403);
});

test('P11: the portal’s own host serves the portal alone, and no other host serves it', async () => {
  const own = await createServer({
    ...{ store: house.store, clock, log: house.log, routes: [], webDir: '/nowhere' },
    hosts: { shop: ['shop.example.org'], portal: 'tickets.example.org' },
    portal: [portalRoutes(house.portal, '/nowhere')],
  });
  const get = async (host: string, url: string) =>
    (await own.inject({ url, headers: { host } })).statusCode;
  assert.is(await get('tickets.example.org', '/portal/api/house'), 200);
  assert.is(await get('tickets.example.org', '/'), 302);
  assert.is(await get('tickets.example.org', '/api/v1/performances'), 404);
  assert.is(await get('tickets.example.org', '/api/openapi.json'), 404);
  assert.is(await get('shop.example.org', '/portal/api/house'), 404);
  assert.is(await get('stranger.example', '/portal/api/house'), 404);
  await own.close();
});

test('used and taken over are told to the open page at once, a grant is not', async () => {
  const { phone, number, view } = await guest();
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const gone = new AbortController();
  // What the login itself has changed would be told first.
  await new Promise((done) => setTimeout(done, 300));
  const stream = await fetch(`http://127.0.0.1:${port}/portal/api/events`, {
    headers: { cookie: phone.cookie },
    signal: AbortSignal.any([gone.signal, AbortSignal.timeout(PATIENCE_MS)]),
  });
  assert.is(stream.headers.get('content-type'), 'text/event-stream');
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  const next = async (): Promise<string> => {
    for (;;) {
      const { value = '' } = await reader.read();
      if (value.includes('event: changed')) return value;
    }
  };
  const first = next();
  const { through } = await pass(await phone.sign(view, clock.now()));
  const quiet = await Promise.race([first, new Promise((done) => setTimeout(done, 400, 'quiet'))]);
  assert.is(quiet, 'quiet', 'nothing is told of a grant');
  // Nothing waits for as long as a second: it is used within 2 s, and taken over within 5 s.
  clock.endOnlyBelow(1_000);
  await through();
  assert.not.match(await first, view.tickets[0]!.code!.handle);
  const second = next();
  await (await testPhone(server, number)).login();
  await second;
  clock.endOnlyBelow(Number.POSITIVE_INFINITY);
  gone.abort();
});

test('no log line holds a number or a code', () => {
  const said = JSON.stringify(house.log.lines);
  assert.not.match(said, /\+316\d{4}/);
  assert.not.match(said, CODE);
});

test.run();
