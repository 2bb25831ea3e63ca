import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { measureText, toGsm7 } from './text.ts';

const count = (text: string) => {
  const { encoding, units, parts } = measureText(text);
  return [encoding, units, parts];
};

test('160 septets go in one part, 161 in two, 153 to each of several', () => {
  assert.equal(count('a'.repeat(160)), ['gsm7', 160, 1]);
  assert.equal(count('a'.repeat(161)), ['gsm7', 161, 2]);
  assert.equal(count('a'.repeat(306)), ['gsm7', 306, 2]);
  assert.equal(count('a'.repeat(307)), ['gsm7', 307, 3]);
});

test('UCS-2 holds 70 in one part and 67 in each of several', () => {
  assert.equal(count('ë'.repeat(70)), ['ucs2', 70, 1]);
  assert.equal(count('ë'.repeat(71)), ['ucs2', 71, 2]);
  assert.equal(count('ë'.repeat(134)), ['ucs2', 134, 2]);
  assert.equal(count('ë'.repeat(135)), ['ucs2', 135, 3]);
});

test('characters of the extension table take two septets, others of a code’s text one', () => {
  for (const character of '^{}[]\\~|€\f') assert.equal(count(character), ['gsm7', 2, 1]);
  assert.equal(count('@host #482913_\n'), ['gsm7', 15, 1]);
  assert.equal(count('éèàùòìäöüñßÇÉÄÖÜ'), ['gsm7', 16, 1]);
});

test('an escape pair or an emoji is never split at the border of two parts', () => {
  // 152 + a pair leaves one septet empty in the first part.
  assert.equal(count(`${'a'.repeat(152)}€${'a'.repeat(152)}`), ['gsm7', 306, 3]);
  assert.equal(count(`${'a'.repeat(151)}€${'a'.repeat(153)}`), ['gsm7', 306, 2]);
  assert.equal(count(`${'ë'.repeat(66)}😀${'ë'.repeat(66)}`), ['ucs2', 134, 3]);
});

test('characters for which a Dutch text goes as UCS-2 are named once each', () => {
  assert.equal(measureText('één crème – ëëë ’s avonds ï').foreign, ['–', 'ë', '’', 'ï']);
  assert.equal(measureText('één crème').foreign, []);
});

test('the nearest GSM-7 text keeps what it can', () => {
  assert.is(toGsm7('Theater ’t Spui – Ínez & Zoë…'), "Theater 't Spui - Inez & Zoe...");
  assert.is(toGsm7('é ü € 😀'), 'é ü € ?');
  assert.is(measureText(toGsm7('Ÿ漢字\u0007“x”')).encoding, 'gsm7');
});

test.run();
