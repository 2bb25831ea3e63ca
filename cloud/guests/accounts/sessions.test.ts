import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GUEST_IDLE_MS, GUEST_SESSION_MS } from './guests.ts';
import { type GuestHouse, startGuests } from './test/guest-house.ts';

const ANNA = 'anna@example.org';
const COOKIE = 'gatehouse-guest';
let house: GuestHouse;
test.before.each(async () => {
  house = await startGuests();
});
test.after.each(() => house.stop());

const DAY_MS = 86_400_000;

test('the cookie is random, unreadable for scripts, and only its digest is kept', async () => {
  const own = house.browser();
  await own.call('POST', '/login-link', { email: ANNA, language: 'en' });
  const said = await own.call('POST', '/links/use', { link: house.linkTo(ANNA) });
  const line = said.cookies.find((cookie) => cookie.startsWith(COOKIE)) ?? '';
  assert.match(line, /^gatehouse-guest=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
  const kept = JSON.stringify(await house.store.db.selectFrom('sessions').selectAll().execute());
  assert.not.match(kept, own.cookies.get(COOKIE) ?? '?');
  const links = await house.store.db.selectFrom('account_links').selectAll().execute();
  assert.not.match(JSON.stringify(links), house.linkTo(ANNA));
});

test('over TLS the cookie is __Host- and Secure, and a plain one from a neighbour is not heard', async () => {
  const safe = await startGuests({ tls: true });
  const own = await safe.loggedIn(ANNA);
  const secret = own.cookies.get(`__Host-${COOKIE}`) ?? '';
  assert.match(secret, /^[\w-]{43}$/);
  assert.is((await own.call('GET', '/account')).status, 200);
  const neighbour = safe.browser();
  neighbour.cookies.set(COOKIE, secret);
  assert.is((await neighbour.call('GET', '/account')).body.code, 'account-needed');
  neighbour.cookies.set(`__Host-${COOKIE}`, secret);
  const twice = await neighbour.call('GET', '/account', undefined, {
    cookie: `__Host-${COOKIE}=${secret}; __Host-${COOKIE}=${'x'.repeat(43)}`,
  });
  assert.is(twice.body.code, 'account-needed');
  await safe.stop();
});

test('a session somebody planted before the login is never the one logged in', async () => {
  const planted = randomBytes(32).toString('base64url');
  const own = house.browser();
  own.cookies.set(COOKIE, planted);
  await own.call('POST', '/login-link', { email: ANNA, language: 'en' });
  await own.call('POST', '/links/use', { link: house.linkTo(ANNA) });
  assert.is.not(own.cookies.get(COOKIE), planted);
  const thief = house.browser();
  thief.cookies.set(COOKIE, planted);
  assert.is((await thief.call('GET', '/account')).status, 401);
});

test('the id changes at each login, and the one before ends', async () => {
  const own = await house.loggedIn(ANNA);
  const before = own.cookies.get(COOKIE) ?? '';
  await own.call('POST', '/login-link', { email: ANNA, language: 'en' });
  await own.call('POST', '/links/use', { link: house.linkTo(ANNA) });
  const old = house.browser();
  old.cookies.set(COOKIE, before);
  assert.is((await old.call('GET', '/account')).status, 401);
  assert.is((await own.call('GET', '/account')).status, 200);
});

test('a session ends unused after 14 days, and after 30 in any case', async () => {
  const idle = await house.loggedIn(ANNA);
  const busy = await house.loggedIn(ANNA);
  for (let days = 0; days < 29; days += 7) {
    assert.is((await busy.call('GET', '/account')).status, 200, `day ${days}`);
    house.clock.move(7 * DAY_MS);
    if (7 + days > GUEST_IDLE_MS / DAY_MS)
      assert.is((await idle.call('GET', '/account')).status, 401);
  }
  assert.ok(GUEST_SESSION_MS < 35 * DAY_MS);
  assert.is((await busy.call('GET', '/account')).status, 401);
});

test('forged, cut and foreign cookies log nobody in', async () => {
  const own = await house.loggedIn(ANNA);
  const secret = own.cookies.get(COOKIE) ?? '';
  const { digest } = await house.store.db
    .selectFrom('sessions')
    .select('digest')
    .executeTakeFirstOrThrow();
  await house.store.db.updateTable('sessions').set({ kind: 'staff' }).execute();
  assert.is((await own.call('GET', '/account')).status, 401, 'of staff');
  await house.store.db.updateTable('sessions').set({ kind: 'guest', tenant: 'other' }).execute();
  assert.is((await own.call('GET', '/account')).status, 401, 'P11 of another tenant');
  for (const forged of [digest, digest.slice(0, 43), secret.slice(0, -1), `${secret}x`, '""', '']) {
    const other = house.browser();
    other.cookies.set(COOKIE, forged);
    assert.is((await other.call('GET', '/account')).status, 401, forged);
  }
});

test('a change needs our own origin and the session’s own token', async () => {
  const own = await house.loggedIn(ANNA);
  const other = await house.loggedIn('bert@example.org');
  const change = (headers: object) => own.call('PATCH', '/account', { name: 'X' }, headers);
  for (const [headers, code] of [
    [{ origin: 'https://evil.test' }, 'origin-refused'],
    [{ origin: 'https://shop.test' }, 'origin-refused'],
    [{ origin: 'null' }, 'origin-refused'],
    [{ origin: undefined, 'sec-fetch-site': 'cross-site' }, 'origin-refused'],
    [{ origin: undefined, 'sec-fetch-site': 'same-site' }, 'origin-refused'],
    [{ 'x-csrf-token': undefined }, 'csrf-refused'],
    [{ 'x-csrf-token': '' }, 'csrf-refused'],
    [{ 'x-csrf-token': other.csrf }, 'csrf-refused'],
    [{ 'x-csrf-token': own.cookies.get(COOKIE) }, 'csrf-refused'],
  ] as const) {
    const said = await change(headers);
    assert.equal([said.status, said.body.code], [403, code], JSON.stringify(headers));
  }
  assert.is((await own.call('GET', '/account')).body.name, null);
  assert.is((await change({})).body.name, 'X');
});

test('another site’s page logs nobody in', async () => {
  await house.browser().call('POST', '/login-link', { email: ANNA, language: 'en' });
  const link = { link: house.linkTo(ANNA), confirmed: true };
  const evil = { origin: 'https://evil.test' };
  const said = await house.browser().call('POST', '/links/use', link, evil);
  assert.is(said.body.code, 'origin-refused');
  const form = { origin: undefined, 'sec-fetch-site': 'cross-site' };
  const login = { email: ANNA, password: 'whatever it is' };
  assert.is((await house.browser().call('POST', '/login', login, form)).status, 403);
});

test('guests see where they are logged in and end one of them, but nobody else’s', async () => {
  const laptop = await house.loggedIn(ANNA);
  const phone = await house.loggedIn(ANNA);
  const other = await house.loggedIn('bert@example.org');
  const { sessions } = (await laptop.call('GET', '/sessions')).body;
  assert.is(sessions.length, 2);
  const away = sessions.find(({ own }: { own: boolean }) => !own);
  assert.is((await other.call('DELETE', `/sessions/${away.id}`)).body.code, 'session-unknown');
  assert.is((await phone.call('GET', '/account')).status, 200);
  assert.is((await laptop.call('DELETE', `/sessions/${away.id}`)).status, 204);
  assert.is((await phone.call('GET', '/account')).status, 401);
  assert.is((await laptop.call('POST', '/logout')).status, 204);
  assert.is((await laptop.call('GET', '/session')).body.session, null);
});

test('whatever is sent, the answer is a refusal with a code', async () => {
  const own = await house.loggedIn(ANNA);
  const path = fc.constantFrom(
    ...['/register', '/login-link', '/forgot', '/links/use', '/login', '/email', '/password'],
    ...['/prove', '/phone', '/phone/verify', '/account', '/sessions/0123456789abcdef'],
  );
  const hostile = fc.constantFrom<unknown>(
    ...[null, 1e308, -1, '', '\ud800', '\0', [], {}, true, 'x'.repeat(3_000), `${ANNA}\r\nBcc: x`],
    ...['a@b', '"a b"@c.de', "' or 1=1 --", '06 12345678', 'nl', '000000', 'x'.repeat(43)],
  );
  const field = fc.constantFrom(
    ...['email', 'password', 'language', 'link', 'confirmed', 'phone', 'country', 'code'],
    ...['name', 'current', '__proto__', 'constructor'],
  );
  const body = fc.oneof(hostile, fc.dictionary(field, hostile, { maxKeys: 5 }));
  let n = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('POST', 'PATCH', 'PUT'),
      path,
      body,
      fc.string({ unit: 'binary', maxLength: 30 }),
      async (method, url, given, cookie) => {
        n += 1;
        const headers = {
          'content-type': 'application/json',
          'x-forwarded-for': `198.51.${n >> 8}.${n & 255}`,
          ...(n % 3 === 0 ? { cookie: encodeURI(cookie.toWellFormed()) } : {}),
        };
        const said = await own.call(method, url, JSON.stringify(given) ?? '', headers);
        assert.ok(said.status < 500, `${method} ${url} ${JSON.stringify(given)}`);
        if (said.status >= 400) assert.type(said.body.code, 'string');
      },
    ),
    { seed: 12, numRuns: 400 },
  );
  assert.equal(
    house.log.codes().filter((code) => code === 'http-failed'),
    [],
  );
});

test.run();
