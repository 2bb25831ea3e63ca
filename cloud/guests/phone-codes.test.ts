import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeText } from './phone-code-text.ts';
import { measureText } from './sms/index.ts';
import {
  type CodeHouse,
  DAY_MS,
  MINUTE_MS,
  PHONE,
  phoneOf,
  startCodes,
} from './test/code-house.ts';

let house: CodeHouse;
test.before.each(async () => {
  house = await startCodes();
});
test.after.each(() => house.stop());

/** A code that is not this one. */
const wrong = (code: string, by = 1) => String((Number(code) + by) % 1_000_000).padStart(6, '0');

test('G3 a code has six digits, is right once, and only for its number and purpose', async () => {
  await house.ask();
  const code = house.newest();
  assert.match(code, /^\d{6}$/);
  assert.is(await house.enter(wrong(code)), false);
  assert.is(await house.enter(code, '+31687654321'), false);
  assert.is(await house.codes.check({ purpose: 'verify', phone: PHONE, code }), false);
  assert.is(await house.enter(` ${code.slice(0, 3)} ${code.slice(3)}`), true);
  assert.is(await house.enter(code), false, 'used');
});

test('G3 a code dies after ten minutes', async () => {
  await house.ask();
  house.clock.move(10 * MINUTE_MS - 1);
  assert.is(await house.enter(wrong(house.newest())), false);
  assert.is(await house.enter(house.newest()), true);
  await house.ask();
  house.clock.move(10 * MINUTE_MS);
  assert.is(await house.enter(house.newest()), false);
});

test('G3 after five wrong tries the right code is void too, and that is told', async () => {
  await house.ask();
  const code = house.newest();
  for (let by = 1; by <= 5; by++) assert.is(await house.enter(wrong(code, by)), false);
  assert.is(await house.enter(code), false);
  await house.codes.stop();
  assert.ok(house.alarms().some((alarm) => alarm.code === 'code-tried-out'));
});

test('G3 four wrong tries leave the right code good', async () => {
  await house.ask();
  const code = house.newest();
  for (let by = 1; by <= 4; by++) await house.enter(wrong(code, by));
  assert.is(await house.enter(code), true);
});

test('a new code voids the older one', async () => {
  await house.ask();
  const old = house.newest();
  house.clock.move(MINUTE_MS);
  await house.ask();
  if (old !== house.newest()) assert.is(await house.enter(old), false);
  assert.is(await house.enter(house.newest()), true);
});

test('a code survives a restart, and its tries are still counted', async () => {
  await house.ask();
  const code = house.newest();
  for (let by = 1; by <= 3; by++) await house.enter(wrong(code, by));
  await house.restart();
  for (let by = 4; by <= 5; by++) await house.enter(wrong(code, by));
  assert.is(await house.enter(code), false);
});

test('of two people who enter the right code at once, one is let in', async () => {
  await house.ask();
  const code = house.newest();
  const both = await Promise.all([house.enter(code), house.enter(code)]);
  assert.equal(both.sort(), [false, true]);
});

test('neither code nor number nor address stands in the database', async () => {
  await house.ask();
  await house.enter(wrong(house.newest()));
  const rows = ['phone_codes', 'phone_sends', 'phone_failures'].map((table) =>
    house.store
      .prepareRead(`select * from ${table}`)
      .all()
      .map((row) =>
        Object.values(row).map((value) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value),
        ),
      ),
  );
  const text = JSON.stringify(rows);
  assert.not.match(text, new RegExp(`${house.newest()}|12345678|192\\.0\\.2`));
  assert.not.match(JSON.stringify(house.log.lines), new RegExp(`${house.newest()}|345678`));
});

test('a wrong code and a number without one take the same statements and writes', async () => {
  await house.ask();
  const code = wrong(house.newest());
  const changes = () =>
    (house.store.prepare('select total_changes() as n').get() as { n: number }).n;
  const cost = async (phone: string) => {
    const before = changes();
    assert.is(await house.enter(code, phone), false);
    return changes() - before;
  };
  // The first failure of each makes its row.
  await cost(PHONE);
  await cost('+31687654321');
  assert.is(await cost(PHONE), 2);
  assert.is(await cost('+31687654321'), 2);
  assert.is(await cost('nonsense'), 2);
});

test('nonsense in place of a code is wrong, however long', async () => {
  await house.ask();
  for (const code of ['', 'abcdef', '１２３４５６', `${house.newest()}0`, '9'.repeat(100_000)]) {
    assert.is(await house.enter(code), false);
    house.clock.move(MINUTE_MS / 60);
  }
});

test('what was certainly not sent is not held against the number, what may have been is', async () => {
  await house.only({ perNumberDay: 6 });
  const ask = async () => {
    house.clock.move(4 * MINUTE_MS);
    return house.outcome();
  };
  house.answers({ accepted: false, failure: 'balance', retryable: false });
  for (let n = 0; n < 8; n++) assert.is(await ask(), 'ok');
  assert.is(await house.enter(house.newest()), false, 'its code is gone');
  house.answers({ accepted: false, failure: 'provider-down', retryable: false });
  await ask();
  assert.is(await house.enter(house.newest()), true, 'it may have arrived');
  for (let n = 0; n < 5; n++) assert.is(await ask(), 'ok');
  assert.is(await ask(), 'code-number-day-limit');
});

test('NIST: after 100 wrong codes in a row a number gets none until staff allow it', async () => {
  await house.only({});
  const guess = async (times: number) => {
    for (let n = 0; n < times; n++) {
      if (n % 5 === 0) await house.ask();
      await house.enter(wrong(house.newest()));
    }
  };
  await guess(99);
  await house.ask();
  assert.is(await house.enter(house.newest()), true, 'a right one ends the row');
  await guess(100);
  await house.restart();
  assert.is(await house.outcome(), 'code-number-blocked');
  assert.ok(house.alarms().some((alarm) => alarm.code === 'code-number-blocked'));
  assert.is(await house.codes.unblockNumber(PHONE), true);
  assert.is(await house.codes.unblockNumber(PHONE), false);
  assert.is(await house.outcome(), 'ok');
});

test('nobody can shut a number out by guessing where it has no code', async () => {
  for (let n = 0; n < 120; n++) await house.enter('123456');
  assert.is(await house.outcome(), 'ok');
});

const LANGUAGES = ['nl', 'en', 'de', 'fr'] as const;
for (const language of LANGUAGES) {
  test(`the SMS (${language}) names the venue, ends with the WebOTP line and is one part`, () => {
    const host = 'secureticketportal.theaterx.nl';
    for (const venue of ['Theater X', 'Zoë’s Théâtre', 'x'.repeat(300), 'Café {€} [~]']) {
      const text = codeText({ language, venue, code: '048291', host });
      const lines = text.split('\n');
      assert.is(lines.at(-1), `@${host} #048291`);
      assert.is(text.indexOf('@'), text.lastIndexOf('@'), 'nothing else looks like the line');
      assert.match(lines[0] ?? '', /048291/);
      assert.equal([measureText(text).encoding, measureText(text).parts], ['gsm7', 1]);
    }
    assert.match(codeText({ language, venue: 'Theater X', code: '1', host }), /Theater X/);
  });
}

test('the WebOTP line has no port, and a host that is none gives no line', () => {
  const text = (host: string) => codeText({ language: 'en', venue: 'X', code: '048291', host });
  assert.match(text('Portal.Example:8443'), /\n\n@portal\.example #048291$/);
  for (const host of ['', 'a b', 'evil.example #111111\n@x', '[::1]']) {
    assert.not.match(text(host), /@/);
  }
});

test('codes are evenly spread and keep their zeros in front', async () => {
  await house.only({});
  for (let n = 0; n < 300; n++) await house.ask({ phone: phoneOf(n) });
  const codes = house.sent.map(({ text }) => /#(\d+)$/.exec(text)?.[1] ?? '');
  assert.ok(codes.every((code) => code.length === 6));
  assert.ok(new Set(codes).size > 290);
  const low = codes.filter((code) => code < '500000').length;
  assert.ok(low > 90 && low < 210, `${low} of 300 in the lower half`);
});

test('what no limit needs any more is removed', async () => {
  await house.ask();
  house.clock.move(3 * DAY_MS);
  await house.restart();
  const rows = house.store
    .prepareRead(
      `select (select count(*) from phone_sends) + (select count(*) from phone_codes
       where send > 0) as n`,
    )
    .get();
  assert.is(rows?.n, 0);
});

test.run();
