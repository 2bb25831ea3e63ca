import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NUMBERS_ASKED_MAX, NUMBERS_WITHIN_MS } from './account-phones.ts';
import { type GuestHouse, startGuests } from './test/guest-house.ts';

let house: GuestHouse;
test.before.each(async () => {
  house = await startGuests();
});
test.after.each(() => house.stop());

const phone = (n: number) => `06 1234567${n}`;
const e164 = (n: number) => `+3161234567${n}`;
const idOf = async (own: Awaited<ReturnType<GuestHouse['loggedIn']>>): Promise<string> =>
  (await own.call('GET', '/account')).body.id;

test('G1 a guest verifies a number at any time, without an order; it is kept in E.164', async () => {
  const own = await house.loggedIn('anna@example.org');
  const id = await idOf(own);
  assert.is(await house.guests.verifiedPhoneOf(id), undefined);
  const asked = await own.call('POST', '/phone', { phone: phone(1), country: 'NL' });
  assert.equal(asked.body, { phone: e164(1), verified: false, resendMs: 30_000 });
  assert.is(await house.guests.verifiedPhoneOf(id), undefined);
  const wrong = await own.call('POST', '/phone/verify', { code: '000000' });
  assert.equal([wrong.status, wrong.body.code], [422, 'phone-code-wrong']);
  const right = await own.call('POST', '/phone/verify', { code: house.codes.sent.get(e164(1)) });
  assert.equal(right.body, { phone: e164(1), verified: true });
  assert.is(await house.guests.verifiedPhoneOf(id), e164(1));
  assert.is((await own.call('GET', '/account')).body.verified, true);
  assert.equal(house.codes.requests, [
    { purpose: 'verify', phone: e164(1), host: 'shop.test', language: 'en', address: '192.0.2.1' },
  ]);
});

test('G1 only Dutch, Belgian and German mobile numbers get a code', async () => {
  const own = await house.loggedIn('anna@example.org');
  for (const [text, code] of [
    ['020 1234567', 'phone-not-mobile'],
    ['+31970 12345678', 'phone-not-mobile'],
    ['+44 7911 123456', 'phone-country'],
    ['five', 'phone-unreadable'],
  ] as const) {
    const said = await own.call('POST', '/phone', { phone: text });
    assert.equal([said.status, said.body.code], [422, code]);
  }
  assert.is(house.codes.requests.length, 0);
});

test('S1 the verified number is told inside a batch too, and only while it is verified', async () => {
  const own = await house.loggedIn('anna@example.org');
  const id = await idOf(own);
  const told = () => house.store.batch(() => house.guests.phones.verifiedPhoneIn(id));
  await own.call('POST', '/phone', { phone: phone(1) });
  assert.is(await told(), null);
  await house.verify(own, phone(1));
  assert.is(await told(), e164(1));
  await own.call('DELETE', '/phone');
  assert.is(await told(), null);
});

test('G2 whoever has to know hears of each verified number that goes, and of no other', async () => {
  const heard: unknown[] = [];
  house.guests.phones.onChange(async (_step, { from, to }) => void heard.push([from, to]));
  const own = await house.loggedIn('anna@example.org');
  await own.call('POST', '/phone', { phone: phone(1) });
  await house.verify(own, phone(1));
  assert.equal(heard, []);
  await own.call('POST', '/phone', { phone: phone(2) });
  await own.call('POST', '/phone', { phone: phone(3) });
  await house.verify(own, phone(3));
  await own.call('DELETE', '/phone');
  await own.call('DELETE', '/phone');
  assert.equal(heard, [
    [e164(1), e164(2)],
    [e164(3), null],
  ]);
});

test('G2 a changed number is unverified until it is verified again', async () => {
  const own = await house.loggedIn('anna@example.org');
  const id = await idOf(own);
  await house.verify(own, phone(1));
  await own.call('POST', '/phone', { phone: phone(2) });
  assert.is(await house.guests.verifiedPhoneOf(id), undefined);
  const late = await own.call('POST', '/phone/verify', { code: '1' });
  assert.is(late.body.code, 'phone-code-wrong');
  assert.is((await house.verify(own, phone(1))).body.verified, true);
  assert.is(await house.guests.verifiedPhoneOf(id), e164(1));
  await own.call('DELETE', '/phone');
  assert.is(await house.guests.verifiedPhoneOf(id), undefined);
  assert.is((await own.call('POST', '/phone/verify', { code: '1' })).body.code, 'phone-missing');
});

test('G2 a code for one number never verifies another', async () => {
  const own = await house.loggedIn('anna@example.org');
  await own.call('POST', '/phone', { phone: phone(1) });
  const code = house.codes.sent.get(e164(1));
  await own.call('POST', '/phone', { phone: phone(2) });
  assert.is((await own.call('POST', '/phone/verify', { code })).body.code, 'phone-code-wrong');
});

test('G1 a number may be verified on two accounts, not on a third, until one lets go', async () => {
  const [a, b, c] = [
    await house.loggedIn('a@example.org'),
    await house.loggedIn('b@example.org'),
    await house.loggedIn('c@example.org'),
  ];
  assert.is((await house.verify(a, phone(1))).status, 200);
  assert.is((await house.verify(b, phone(1))).status, 200);
  const third = await house.verify(c, phone(1));
  assert.equal([third.status, third.body.code], [409, 'phone-accounts-full']);
  assert.is(await house.guests.verifiedPhoneOf(await idOf(c)), undefined);
  await house.verify(a, phone(2));
  assert.is((await house.verify(c, phone(1))).status, 200);
});

test('G1 three numbers in 30 days; more needs staff, and the box office lifts it', async () => {
  const own = await house.loggedIn('anna@example.org');
  const id = await idOf(own);
  for (const n of [1, 2, 3]) assert.is((await house.verify(own, phone(n))).status, 200);
  assert.is((await own.call('GET', '/phone')).body.numbersLeft, 0);
  const fourth = await house.verify(own, phone(4));
  assert.equal([fourth.status, fourth.body.code], [409, 'phone-numbers-used-up']);
  // One of the three is no new number.
  assert.is((await house.verify(own, phone(1))).status, 200);
  const path = `/api/v1/guests/${id}/phone-limit`;
  const lifted = await house.browser().call('POST', path, { reason: 'new phone, knows her order' });
  assert.is(lifted.status, 204);
  assert.equal(house.audited, [
    {
      ...{ who: 'staff:1', what: 'guest-phone-limit-lifted', subject: id },
      details: { reason: 'new phone, knows her order' },
    },
  ]);
  assert.is((await house.verify(own, phone(4))).status, 200);
});

test('G1 the limit ends 30 days later', async () => {
  const own = await house.loggedIn('anna@example.org');
  const id = await idOf(own);
  for (const n of [1, 2, 3]) await house.verify(own, phone(n));
  const ask = (n: number) =>
    house.guests.phones
      .ask(id, { text: phone(n), country: 'NL', address: '192.0.2.1', language: 'en' })
      .then(() => 'sent')
      .catch(({ code }) => code);
  house.clock.move(NUMBERS_WITHIN_MS - 60_000);
  assert.is(await ask(4), 'phone-numbers-used-up');
  house.clock.move(120_000);
  assert.is(await ask(4), 'sent');
});

test('numbers that are only entered are bounded as well', async () => {
  const own = await house.loggedIn('anna@example.org');
  for (let n = 0; n < NUMBERS_ASKED_MAX; n++) {
    assert.is((await own.call('POST', '/phone', { phone: `06 1234560${n}` })).status, 202);
  }
  const more = await own.call('POST', '/phone', { phone: phone(1) });
  assert.is(more.body.code, 'phone-numbers-used-up');
  assert.is(house.codes.requests.length, NUMBERS_ASKED_MAX);
});

test('G3 a limit of sending is answered with its own code, and the number stays as it was', async () => {
  const own = await house.loggedIn('anna@example.org');
  await house.verify(own, phone(1));
  house.codes.refuse = true;
  const said = await own.call('POST', '/phone', { phone: phone(2) });
  assert.equal([said.status, said.body.code], [429, 'code-number-limit']);
  assert.is((await own.call('GET', '/phone')).body.phone, e164(1));
});

test('S10 staff find guests and see who is verified, but only the ends of a number', async () => {
  const own = await house.loggedIn('anna@example.org');
  await house.verify(own, phone(1));
  await house.loggedIn('bert@example.org');
  const find = async (search: string) =>
    (await house.browser().call('GET', `/api/v1/guests?search=${encodeURIComponent(search)}`)).body;
  const [anna, ...others] = (await find('ANNA')).guests;
  assert.equal([anna.email, anna.verified, others.length], ['anna@example.org', true, 0]);
  assert.not.match(JSON.stringify(anna), '612345671');
  assert.is((await find('612345671')).guests.length, 1);
  assert.is((await find('example')).guests.length, 2);
  assert.is((await find('%%')).guests.length, 0);
  const one = await house.browser().call('GET', `/api/v1/guests/${anna.id}`);
  assert.equal(one.body.numbers, { verified: 1, asked: 1 });
});

test('the log holds no address and no number', async () => {
  const own = await house.loggedIn('anna@example.org');
  await house.verify(own, phone(1));
  assert.not.match(JSON.stringify(house.log.lines), /anna|61234567/);
});

test.run();
