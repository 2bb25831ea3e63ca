import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { cloudErrors } from '../../../errors.ts';
import { FAULTS_NL, faultText } from './fault-text.ts';
import { valueNl } from './value-nl.ts';

const answered = Object.entries(cloudErrors).filter(([, entry]) => 'status' in entry);
const gapsOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap);

test('every code that the cloud answers over HTTP has a Dutch text, and no other code has', () => {
  const codes = answered.map(([code]) => code);
  const missing = codes.filter((code) => !Object.hasOwn(FAULTS_NL, code));
  assert.equal(missing, [], 'write these in Dutch');
  assert.equal(
    Object.keys(FAULTS_NL).filter((code) => !codes.includes(code)),
    [],
  );
});

test('a Dutch text has no gap that the English one has not', () => {
  for (const [code, { message }] of answered.filter(([code]) => FAULTS_NL[code])) {
    const known = gapsOf(message);
    const own = gapsOf(FAULTS_NL[code] ?? '');
    assert.equal(
      own.filter((gap) => !known.includes(gap)),
      [],
      code,
    );
    // an id in hexadecimals says nothing to anybody
    const left = known.filter((gap) => !own.includes(gap) && !['{id}', '{name}'].includes(gap));
    assert.equal(left, [], code);
  }
});

test('a Dutch page says a fault in Dutch, a page in English as the API does', () => {
  const fault = {
    code: 'sale-not-ready',
    message: 'Sale cannot start; missing: prices.',
    details: { missing: 'prices, capacity' },
  };
  assert.is(faultText('en', fault), fault.message);
  assert.match(faultText('nl', fault), 'er ontbreekt: prijzen, een capaciteit');
  const early = { code: 'sale-until-unconfirmed', details: { moment: '2026-12-12T18:00:00.000Z' } };
  assert.match(faultText('nl', { ...early, message: '' }), /za 12 dec/);
});

test('a code that is new to the page falls back to the message of the API', () => {
  const fault = { code: 'never-heard-of', message: 'Something else.', details: {} };
  assert.is(faultText('nl', fault), 'Something else.');
});

test('what a schema refuses is said in Dutch with the name of its field', () => {
  const schema = z.object({
    guestMax: z.number().min(1).max(9),
    name: z.string().min(2),
    email: z.email(),
    day: z.enum(['a', 'b']),
    rank: z.string().regex(/^x$/),
  });
  const wrong = schema.safeParse({ guestMax: 12, name: 'a', email: 'b', day: 'c', rank: 'y' });
  const said = wrong.error?.issues.map(({ message }) => valueNl('fault', message));
  assert.equal(said, [
    'hoogstens 9',
    'minstens 2 nodig',
    'geen e-mailadres',
    'kan niet',
    'heeft niet de goede vorm',
  ]);
  assert.is(valueNl('field', 'body/guestMax'), 'kaarten per gast');
  assert.is(valueNl('field', 'body/types/1/prices/0/cents'), 'bedrag, nummer 2');
});

test.run();
