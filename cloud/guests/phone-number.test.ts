import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { maskPhone, type PhoneCountry, parsePhone } from './phone-number.ts';

const GOOD: readonly [string, PhoneCountry, string, PhoneCountry][] = [
  ['06 12345678', 'NL', '+31612345678', 'NL'],
  ['06-12 34 56 78', 'NL', '+31612345678', 'NL'],
  ['0031612345678', 'NL', '+31612345678', 'NL'],
  ['+31 (0)6 12345678', 'NL', '+31612345678', 'NL'],
  ['0470 12 34 56', 'BE', '+32470123456', 'BE'],
  ['+32 470 12 34 56', 'NL', '+32470123456', 'BE'],
  ['0151 23456789', 'DE', '+4915123456789', 'DE'],
  ['0176 12345678', 'DE', '+4917612345678', 'DE'],
  ['+31612345678', 'DE', '+31612345678', 'NL'],
];
for (const [text, home, e164, country] of GOOD) {
  test(`G1 ${text} (${home}) is ${e164}`, () => {
    assert.equal(parsePhone(text, home), { ok: true, e164, country });
  });
}

const BAD: readonly [string, PhoneCountry, string][] = [
  ['020 1234567', 'NL', 'phone-not-mobile'],
  ['0970 12345678', 'NL', 'phone-not-mobile'],
  ['+3197012345678', 'NL', 'phone-not-mobile'],
  ['+31 97 012345678', 'DE', 'phone-not-mobile'],
  ['0800 1234', 'NL', 'phone-not-mobile'],
  ['+447911123456', 'NL', 'phone-country'],
  ['+33 6 12 34 56 78', 'NL', 'phone-country'],
  ['+1 202 555 0143', 'DE', 'phone-country'],
  ['112', 'NL', 'phone-unreadable'],
  ['06 1234567', 'NL', 'phone-unreadable'],
  ['06 12345678 ext. 5', 'NL', 'phone-unreadable'],
  ['call 06 12345678', 'NL', 'phone-unreadable'],
  ['', 'NL', 'phone-unreadable'],
  ['0'.repeat(41), 'NL', 'phone-unreadable'],
  ['hello', 'BE', 'phone-unreadable'],
];
for (const [text, home, code] of BAD) {
  test(`G1 “${text}” (${home}) is refused: ${code}`, () => {
    assert.equal(parsePhone(text, home), { ok: false, code });
  });
}

test('staff see only the ends of a number', () => {
  assert.is(maskPhone('+4915123456789'), '+49 … 89');
});

test.run();
