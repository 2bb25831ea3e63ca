import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PhoneLimits } from './phone-limits.ts';
import {
  addressOf,
  type CodeHouse,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  phoneOf,
  SECOND_MS,
  startCodes,
} from './test/code-house.ts';

let house: CodeHouse;
test.before.each(async () => {
  house = await startCodes();
});
test.after.each(() => house.stop());

const alarmed = (code: string) =>
  house
    .alarms()
    .filter((alarm) => alarm.code === code)
    .map(({ subject }) => subject);

/** Asks as many different people for one code each. */
async function crowd(count: number, from = 0): Promise<string[]> {
  const outcomes: string[] = [];
  for (let n = from; n < from + count; n++) {
    outcomes.push(await house.outcome({ phone: phoneOf(n), address: addressOf(n) }));
  }
  return outcomes;
}
const ok = (count: number) => Array<string>(count).fill('ok');

test('G3 a code is sent again after 30, 60, 120 and then 240 seconds', async () => {
  await house.only({ resendSeconds: [30, 60, 120, 240] });
  for (const seconds of [30, 60, 120, 240, 240]) {
    const sent = await house.ask();
    assert.is(sent.ok && sent.resendMs, seconds * SECOND_MS);
    house.clock.move(seconds * SECOND_MS - 1);
    const early = await house.ask();
    assert.equal(early, { ok: false, code: 'code-resend-early', waitMs: 1 });
    house.clock.move(1);
  }
  assert.equal(alarmed('code-resend-early'), ['+31 … 78']);
  await house.ask();
  await house.enter(house.newest());
  assert.is(await house.outcome(), 'ok', 'who entered a code begins anew');
});

test('G3 a number gets three codes in ten minutes', async () => {
  for (const wait of [30, 60, 120]) {
    assert.is(await house.outcome(), 'ok');
    house.clock.move(wait * SECOND_MS);
  }
  const fourth = await house.ask({ address: '198.51.100.1', purpose: 'verify' });
  assert.equal(fourth, { ok: false, code: 'code-number-limit', waitMs: 390 * SECOND_MS });
  assert.equal(alarmed('code-number-limit'), ['+31 … 78']);
  await house.restart();
  assert.is(await house.outcome(), 'code-number-limit', 'a restart forgets nothing');
  house.clock.move(390 * SECOND_MS);
  assert.is(await house.outcome(), 'ok');
});

test('G3 a number gets six codes in a day', async () => {
  for (let n = 0; n < 6; n++) {
    assert.is(await house.outcome(), 'ok');
    house.clock.move(HOUR_MS);
  }
  const seventh = await house.ask();
  assert.equal(seventh, { ok: false, code: 'code-number-day-limit', waitMs: 18 * HOUR_MS });
  assert.equal(alarmed('code-number-day-limit'), ['+31 … 78']);
  house.clock.move(18 * HOUR_MS);
  assert.is(await house.outcome(), 'ok');
});

test('G3 an address gets ten codes in an hour, whoever asks', async () => {
  for (let n = 0; n < 10; n++) assert.is(await house.outcome({ phone: phoneOf(n) }), 'ok');
  assert.is(await house.outcome({ phone: phoneOf(10) }), 'code-address-limit');
  assert.is(await house.outcome({ phone: phoneOf(10), address: '192.0.2.8' }), 'ok');
  assert.equal(alarmed('code-address-limit'), ['192.0.2.0/24']);
  house.clock.move(HOUR_MS);
  assert.is(await house.outcome({ phone: phoneOf(11) }), 'ok');
});

test('G3 a /24 and a /48 get fifty codes in an hour', async () => {
  const networks = [(n: number) => `192.0.2.${n}`, (n: number) => `2001:db8:1:${n}::1`];
  for (const [which, address] of networks.entries()) {
    const ask = (n: number) =>
      house.outcome({ phone: phoneOf(which * 60 + n), address: address(n) });
    for (let n = 0; n < 50; n++) assert.is(await ask(n), 'ok');
    assert.is(await ask(50), 'code-network-limit');
  }
  assert.equal(alarmed('code-network-limit').sort(), ['192.0.2.0/24', '2001:db8:1::/48']);
});

test('the house’s own networks are not counted by address', async () => {
  await house.codes.setLimits(
    PhoneLimits.parse({ ownNetworks: ['192.0.2.0/24', '2001:db8::/32'] }),
  );
  for (let n = 0; n < 60; n++) assert.is(await house.outcome({ phone: phoneOf(n) }), 'ok');
  const six = { address: '2001:db8::7' };
  for (let n = 60; n < 75; n++) {
    assert.is(await house.outcome({ phone: phoneOf(n), ...six }), 'ok');
  }
});

test('G3 a country has a daily cap, with an alarm at 80 % and at the cap', async () => {
  const perCountryDay = { '+31': 10, '+32': 10, '+49': 10 };
  await house.only({ perCountryDay });
  assert.equal(await crowd(7), ok(7));
  assert.equal(alarmed('code-country-near'), []);
  assert.equal(await crowd(1, 7), ok(1));
  assert.equal(alarmed('code-country-near'), ['+31']);
  assert.equal(alarmed('code-country-limit'), []);
  assert.equal(await crowd(3, 8), ['ok', 'ok', 'code-country-limit']);
  assert.equal(alarmed('code-country-limit'), ['+31']);
  assert.is(await house.outcome({ phone: '+32470123456', address: '10.9.9.9' }), 'ok');
  house.clock.move(DAY_MS);
  assert.equal(await crowd(1, 20), ok(1));
});

test('G3 a tenant has a daily cap, with an alarm at 80 % and at the cap', async () => {
  await house.only({ perTenantDay: 20 });
  assert.equal(await crowd(15), ok(15));
  assert.equal(alarmed('code-tenant-near'), []);
  assert.equal(await crowd(1, 15), ok(1));
  assert.equal(alarmed('code-tenant-near'), ['all']);
  await house.restart();
  assert.equal(await crowd(5, 16), [...ok(4), 'code-tenant-limit']);
  assert.equal(alarmed('code-tenant-limit'), ['all']);
  assert.ok(house.log.codes().includes('code-tenant-limit'));
});

test('G3 a prefix whose codes are almost never entered is blocked for a day', async () => {
  const ofPrefix = (n: number) => `+3161234${String(n).padStart(4, '0')}`;
  await house.only({ prefixSends: 20 });
  for (let n = 0; n < 20; n++) assert.is(await house.outcome({ phone: ofPrefix(n) }), 'ok');
  assert.is(await house.outcome({ phone: ofPrefix(20) }), 'ok', 'they may still be entered');
  house.clock.move(3 * MINUTE_MS);
  assert.is(await house.outcome({ phone: ofPrefix(21) }), 'code-prefix-blocked');
  assert.is(await house.outcome({ phone: '+31612350001' }), 'ok', 'its neighbour is not');
  assert.equal(alarmed('code-prefix-blocked'), ['+3161234']);
  await house.restart();
  assert.is(await house.outcome({ phone: ofPrefix(21) }), 'code-prefix-blocked');
  const until = house.clock.now() + DAY_MS;
  assert.equal(house.codes.blockedPrefixes(), [{ prefix: '+3161234', until }]);
  await house.codes.unblockPrefix('+3161234');
  assert.is(await house.outcome({ phone: ofPrefix(22) }), 'ok');
  const fault = await house.codes.unblockPrefix('+3161234').catch((cause) => cause);
  assert.is(fault.code, 'code-prefix-unknown');
});

test('a prefix of which a tenth of the codes is entered goes on', async () => {
  await house.only({ prefixSends: 20 });
  for (let n = 0; n < 30; n++) {
    const phone = `+3161234${String(n).padStart(4, '0')}`;
    assert.is(await house.outcome({ phone }), 'ok', `${n}`);
    if (n % 9 === 0) assert.is(await house.enter(house.newest(), phone), true);
    house.clock.move(MINUTE_MS);
  }
});

test('G3 one SMS per number and performance is kept back, past every limit', async () => {
  await house.only({ perNumber: 1 });
  assert.is(await house.outcome(), 'ok');
  assert.is(await house.outcome(), 'code-number-limit');
  assert.is(await house.outcome({ keptBack: 'p1' }), 'ok');
  assert.is(await house.enter(house.newest()), true);
  assert.is(await house.outcome({ keptBack: 'p1' }), 'code-number-limit', 'it was the one');
  await house.restart();
  assert.is(await house.outcome({ keptBack: 'p1' }), 'code-number-limit');
  assert.is(await house.outcome({ keptBack: 'p2' }), 'ok');
  assert.equal(alarmed('code-kept-back'), ['+31 … 78']);
  await house.only({ perTenantDay: 1 });
  assert.is(await house.outcome({ phone: phoneOf(5) }), 'code-tenant-limit');
  assert.is(await house.outcome({ phone: phoneOf(5), keptBack: 'p1' }), 'ok');
});

test('what is kept back is not used up while no limit is reached', async () => {
  await house.only({ perNumber: 2 });
  assert.equal([await house.outcome({ keptBack: 'p1' }), await house.outcome()], ['ok', 'ok']);
  assert.is(await house.outcome({ keptBack: 'p1' }), 'ok');
});

test('of many who ask at once, no more get a code than the limit says', async () => {
  await house.only({ perTenantDay: 5 });
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, (_, n) => house.outcome({ phone: phoneOf(n) })),
  );
  assert.is(outcomes.filter((outcome) => outcome === 'ok').length, 5);
  assert.is(house.sent.length, 5);
});

test('10,000 refused requests send nothing, write next to nothing and are soon answered', async () => {
  await house.only({ perTenantDay: 1 });
  await house.ask();
  const changes = () =>
    (house.store.prepare('select total_changes() as n').get() as { n: number }).n;
  const before = changes();
  for (let n = 0; n < 10_000; n++) {
    const phone = phoneOf(n % 5_000);
    const result = await house.codes.send({
      ...{ phone, address: addressOf(n), purpose: 'login', host: 'x.example', language: 'nl' },
    });
    assert.is(result.ok, false);
  }
  assert.is(house.sent.length, 1);
  assert.is(changes() - before, 1, 'the alarm');
});

test('limits are settings: kept over a restart, checked, with written defaults', async () => {
  const limits = PhoneLimits.parse({ perNumber: 1, resendSeconds: [0] });
  await house.codes.setLimits(limits);
  await house.restart();
  assert.equal(house.codes.limits(), limits);
  await house.ask();
  assert.is(await house.outcome(), 'code-number-limit');
  for (const ownNetworks of [['all'], ['10.0.0.0'], ['10.0.0.0/33'], ['0.0.0.0/0'], ['::/0']]) {
    const fault = await house.codes.setLimits({ ...limits, ownNetworks }).catch((cause) => cause);
    assert.is(fault.code, 'code-limits-invalid', ownNetworks[0]);
  }
  assert.is(PhoneLimits.safeParse({ perNumber: 0 }).success, false);
  assert.is(house.codes.limits().perNumber, 1);
});

test.run();
