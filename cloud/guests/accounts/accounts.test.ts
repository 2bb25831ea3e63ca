import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FREE_FAILURES, LONGEST_WAIT_MS } from '../../http/login-failures.ts';
import { NUMBERS_WITHIN_MS } from './account-phones.ts';
import { FRESH_MS } from './account-routes.ts';
import { GUEST_IDLE_MS } from './guests.ts';
import { LINKS_MAX, LOGIN_LINK_MS, VERIFY_LINK_MS } from './links.ts';
import { LOGIN_RATE } from './login-routes.ts';
import { type GuestHouse, startGuests, type TestBrowser } from './test/guest-house.ts';

const ANNA = 'anna@example.org';
const PASSWORD = 'a long evening';
const asked = { email: ANNA, language: 'nl' };
let house: GuestHouse;
test.before.each(async () => {
  house = await startGuests();
});
test.after.each(() => house.stop());

async function registered(): Promise<TestBrowser> {
  const own = house.browser();
  await own.call('POST', '/register', { ...asked, password: PASSWORD });
  await own.call('POST', '/links/use', { link: house.linkTo(ANNA) });
  return own;
}

const login = (password = PASSWORD, email = ANNA, own = house.browser()) =>
  own.call('POST', '/login', { email, password });

test('a guest registers with a password; the account is there once the address is proved', async () => {
  const own = house.browser();
  assert.is((await own.call('POST', '/register', { ...asked, password: PASSWORD })).status, 202);
  assert.is((await login()).body.code, 'login-wrong');
  assert.equal(
    house.mails.map(({ to, template, language }) => [to, template, language]),
    [[ANNA, 'email-verify', 'nl']],
  );
  const used = await own.call('POST', '/links/use', { link: house.linkTo(ANNA) });
  assert.equal([used.body.purpose, used.body.isNew], ['register', true]);
  assert.is((await own.call('GET', '/account')).body.email, ANNA);
  assert.is((await login(PASSWORD, ' Anna@Example.ORG ')).status, 200);
});

test('whoever opens a registration elsewhere does not get the password somebody else chose', async () => {
  await house.browser().call('POST', '/register', { ...asked, password: PASSWORD });
  const other = house.browser();
  const first = await other.call('POST', '/links/use', { link: house.linkTo(ANNA) });
  assert.equal([first.status, first.body.code], [409, 'link-other-browser']);
  const link = { link: house.linkTo(ANNA), confirmed: true };
  assert.is((await other.call('POST', '/links/use', link)).body.session.account.hasPassword, false);
  assert.is((await login()).body.code, 'login-wrong');
});

test('a link logs in within 15 minutes, once, and makes the account where there is none', async () => {
  const own = house.browser();
  await own.call('POST', '/login-link', asked);
  house.clock.move(LOGIN_LINK_MS - 10_000);
  const link = { link: house.linkTo(ANNA) };
  assert.is((await own.call('POST', '/links/use', link)).body.isNew, true);
  const again = await own.call('POST', '/links/use', link);
  assert.equal([again.status, again.body.code], [410, 'link-unknown']);
  await own.call('POST', '/login-link', asked);
  house.clock.move(LOGIN_LINK_MS + 1_000);
  const late = await own.call('POST', '/links/use', { link: house.linkTo(ANNA) });
  assert.is(late.body.code, 'link-unknown');
});

test('known and unknown addresses get the same answer, mail and work', async () => {
  await registered();
  const seen = [];
  for (const email of [ANNA, 'nobody@example.org']) {
    for (const [path, body] of [
      ['/register', { password: 'another long one' }],
      ['/login-link', {}],
      ['/forgot', {}],
      ['/login', { password: 'wrong password' }],
    ] as const) {
      const before = { ...house.work, mails: house.mails.length };
      const given = { email, ...(path === '/login' ? {} : { language: 'en' }), ...body };
      const { status, body: said, cookies } = await house.browser().call('POST', path, given);
      seen.push({
        ...{ path, status, said, cookies: cookies.map((cookie) => cookie.replace(/=[^;]*/, '')) },
        hashes: house.work.hashes - before.hashes,
        compared: house.work.compared - before.compared,
        mails: house.mails.slice(before.mails).map(({ template }) => template),
      });
    }
  }
  assert.equal(seen.slice(0, 4), seen.slice(4));
  assert.equal(
    seen.slice(0, 4).map(({ hashes, compared }) => [hashes, compared]),
    [
      [1, 0],
      [0, 0],
      [0, 0],
      [0, 1],
    ],
  );
});

test('wrong logins make wait longer and longer, known or not, and outlive nothing else', async () => {
  await registered();
  for (const email of [ANNA, 'nobody@example.org']) {
    for (let n = 0; n <= FREE_FAILURES; n++) {
      assert.is((await login('wrong password', email)).status, 401);
    }
    const blocked = await login('wrong password', email);
    assert.equal([blocked.status, blocked.body.code], [429, 'login-too-many']);
  }
  assert.is((await login()).body.code, 'login-too-many');
  house.clock.move(LONGEST_WAIT_MS);
  assert.is((await login()).status, 200);
  assert.is((await login('wrong password')).status, 401);
});

test('a login by mail is still open to whoever’s password is being guessed', async () => {
  await registered();
  for (let n = 0; n <= FREE_FAILURES + 1; n++) await login('wrong password');
  const own = house.browser();
  await own.call('POST', '/login-link', asked);
  assert.is((await own.call('POST', '/links/use', { link: house.linkTo(ANNA) })).status, 200);
});

test('mails to one address are bounded whoever asks, and one network’s logins are', async () => {
  for (let n = 0; n < LINKS_MAX; n++) {
    const own = house.browser(`192.0.2.${n}`);
    assert.is((await own.call('POST', '/login-link', asked)).status, 202);
  }
  const more = await house.browser('198.51.100.1').call('POST', '/login-link', asked);
  assert.equal([more.status, more.body.code], [429, 'link-too-many']);
  assert.is(house.mails.length, LINKS_MAX);
  const wrong = { link: 'x'.repeat(43) };
  const codes = new Set<string>();
  for (let n = 0; n <= LOGIN_RATE.burst; n++) {
    const neighbour = house.browser(`2001:db8::${n.toString(16)}`);
    codes.add((await neighbour.call('POST', '/links/use', wrong)).body.code);
  }
  assert.equal([...codes], ['link-unknown', 'too-many-requests']);
  const elsewhere = house.browser('2001:db8:0:1::1');
  assert.is((await elsewhere.call('POST', '/links/use', wrong)).body.code, 'link-unknown');
});

test('a forgotten password is set anew after the mailed link; all other logins end', async () => {
  const before = await registered();
  const own = house.browser();
  await own.call('POST', '/forgot', asked);
  await own.call('POST', '/links/use', { link: house.linkTo(ANNA) });
  const weak = await own.call('POST', '/password', { password: 'short' });
  assert.equal([weak.status, weak.body.code], [422, 'password-weak']);
  assert.is((await own.call('POST', '/password', { password: ANNA })).body.code, 'password-weak');
  assert.is((await own.call('POST', '/password', { password: 'a new evening' })).status, 200);
  const told = house.mails.at(-1);
  assert.equal([told?.to, told?.template], [ANNA, 'password-changed']);
  assert.is((await before.call('GET', '/account')).body.code, 'account-needed');
  assert.is((await own.call('GET', '/account')).status, 200);
  assert.is((await login()).body.code, 'login-wrong');
  assert.is((await login('a new evening')).status, 200);
});

test('whoever logged in with a password changes it only with the present one', async () => {
  await registered();
  const own = house.browser();
  await login(PASSWORD, ANNA, own);
  const without = await own.call('POST', '/password', { password: 'a new evening' });
  assert.is(without.body.code, 'login-wrong');
  const change = { current: 'not this one', password: 'a new evening' };
  assert.is((await own.call('POST', '/password', change)).body.code, 'login-wrong');
  const right = { ...change, current: PASSWORD };
  assert.is((await own.call('POST', '/password', right)).status, 200);
});

test('a new address counts once its own link was opened; the old one is told', async () => {
  const own = await registered();
  const email = 'anna@elsewhere.test';
  assert.is((await own.call('POST', '/email', { email })).status, 202);
  assert.is((await own.call('GET', '/account')).body.email, ANNA);
  house.clock.move(VERIFY_LINK_MS - 60_000);
  const phone = house.browser();
  const link = { link: house.linkTo(email), confirmed: true };
  assert.is((await phone.call('POST', '/links/use', link)).body.session, null);
  assert.is((await phone.call('GET', '/account')).body.code, 'account-needed');
  const told = house.mails.at(-1);
  assert.equal([told?.to, told?.template], [ANNA, 'email-changed']);
  assert.is((await login(PASSWORD, email)).status, 200);
  assert.is((await login()).status, 401);
});

test('an address that another account has is never taken over', async () => {
  await house.loggedIn('bert@example.org');
  const own = await registered();
  await own.call('POST', '/email', { email: 'bert@example.org' });
  const used = await own.call('POST', '/links/use', { link: house.linkTo('bert@example.org') });
  assert.equal([used.status, used.body.code], [409, 'email-in-use']);
});

test('deleting an account removes all that is personal and tells whoever keeps orders', async () => {
  const own = await registered();
  const { id } = (await own.call('GET', '/account')).body;
  await house.verify(own, '06 12345671');
  await own.call('POST', '/login-link', asked);
  const open = house.linkTo(ANNA);
  const forgotten: string[] = [];
  house.guests.accounts.onForget(async (step, account) => {
    await step.selectFrom('accounts').select('id').where('id', '=', account).executeTakeFirst();
    forgotten.push(account);
  });
  house.clock.move(FRESH_MS);
  assert.is((await own.call('DELETE', '/account')).body.code, 'fresh-login-needed');
  await own.call('POST', '/prove', { password: PASSWORD });
  assert.is((await own.call('DELETE', '/account')).status, 204);
  assert.equal(forgotten, [id]);
  for (const table of ['accounts', 'account_phones', 'account_links', 'sessions'] as const) {
    assert.equal(await house.store.db.selectFrom(table).selectAll().execute(), [], table);
  }
  assert.is((await own.call('POST', '/links/use', { link: open })).body.code, 'link-unknown');
  assert.is((await login()).body.code, 'login-wrong');
});

test('what has run out is removed: links, logins, numbers, wrong logins; the account stays', async () => {
  const own = await registered();
  await house.verify(own, '06 12345671');
  await login('wrong password');
  const left = async () => {
    await house.guests.purge();
    const tables = ['account_links', 'login_failures', 'sessions', 'account_phones'] as const;
    const rows = [];
    for (const table of [...tables, 'accounts'] as const) {
      rows.push((await house.store.db.selectFrom(table).selectAll().execute()).length);
    }
    return rows;
  };
  assert.equal(await left(), [1, 1, 1, 1, 1]);
  house.clock.move(VERIFY_LINK_MS + 60_000);
  assert.equal(await left(), [0, 0, 1, 1, 1]);
  house.clock.move(GUEST_IDLE_MS);
  assert.equal(await left(), [0, 0, 0, 1, 1]);
  house.clock.move(NUMBERS_WITHIN_MS);
  assert.equal(await left(), [0, 0, 0, 0, 1]);
  assert.is((await login()).body.account.verified, true);
});

test('name and language are the guest’s own', async () => {
  const own = await registered();
  const changed = await own.call('PATCH', '/account', { name: 'Anna', language: 'en' });
  assert.equal([changed.body.name, changed.body.language], ['Anna', 'en']);
  assert.is((await own.call('PATCH', '/account', { name: null })).body.name, null);
  assert.is((await own.call('PATCH', '/account', { phone: '+31612345678' })).status, 400);
});

test.run();
