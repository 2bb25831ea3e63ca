import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cloudErrors } from '../../errors.ts';
import { FAULTS, faultText, fill, languageOf, TEXTS } from './texts.ts';

const gapsOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort();

test('every fault that a guest can act on is said in plain words, in both languages', () => {
  const missing = Object.entries(cloudErrors)
    // the portal has its own pages and texts
    .filter(([code, { acts }]) => acts === 'guest' && !code.startsWith('portal-'))
    .flatMap(([code]) => (FAULTS.nl[code] && FAULTS.en[code] ? [] : [code]));
  assert.equal(missing, []);
  assert.equal(Object.keys(FAULTS.nl).sort(), Object.keys(FAULTS.en).sort());
});

test('both languages leave the same gaps', () => {
  for (const key of Object.keys(TEXTS.en) as (keyof typeof TEXTS.en)[]) {
    assert.equal(gapsOf(TEXTS.nl[key]), gapsOf(TEXTS.en[key]), key);
  }
  for (const code of Object.keys(FAULTS.en)) {
    assert.equal(gapsOf(FAULTS.nl[code] ?? ''), gapsOf(FAULTS.en[code] ?? ''), code);
  }
});

test('a fault names its figures; an unknown one is said all the same', () => {
  assert.match(faultText('en', 'guest-maximum', { max: 4, taken: 3 }), 'At most 4');
  assert.is(faultText('nl', 'never-heard-of'), FAULTS.nl['http-failed']);
});

test('the first language that a browser prefers is spoken, else Dutch', () => {
  assert.is(languageOf(['fr-FR', 'en-US']), 'en');
  assert.is(languageOf(['fr-FR']), 'nl');
  assert.is(fill('{a} and {b}', { a: 1 }), '1 and {b}');
});

test.run();
