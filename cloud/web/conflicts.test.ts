import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { conflictTexts, sayOfConflict } from './conflict-texts.ts';
import {
  type Conflict,
  type ConflictSide,
  listPath,
  missedBy,
  plusMinus,
  toneOfKind,
  withConflict,
} from './conflicts.ts';

const conflict = (id: number, more: Partial<Conflict> = {}): Conflict => ({
  id,
  matter: 'double',
  ticket: 't',
  performance: 'p',
  title: 'The Seagull',
  place: 'C · 7',
  kind: null,
  order: 'unknown',
  passages: [],
  sharedPicture: false,
  revocation: null,
  found: 0,
  state: 'open',
  handled: null,
  ...more,
});
const open = { state: 'open', performance: '' } as const;
const ids = (list: Conflict[]) => list.map(({ id }) => id);

test('a conflict stands once, newest first, and leaves the open ones when it is handled', () => {
  const two = [conflict(1), conflict(2)];
  const list = withConflict(withConflict([], conflict(1), open), conflict(2), open);
  assert.equal(ids(list), [2, 1]);
  assert.equal(ids(withConflict(two, conflict(1, { kind: 'knew' }), open)), [2, 1]);
  assert.equal(ids(withConflict(two, conflict(2, { state: 'handled' }), open)), [1]);
});

test('a side says what its lane missed of the other gateways', () => {
  const side = (split: boolean, unconfirmed: boolean) =>
    missedBy({ split, unconfirmed } as ConflictSide);
  assert.equal(side(false, false), []);
  assert.equal(side(true, false), ['split']);
  assert.equal(side(true, true), ['split', 'unconfirmed']);
});

test('a conflict of another performance is not shown where one is chosen', () => {
  const other = { state: 'open', performance: 'q' } as const;
  assert.equal(withConflict([], conflict(1), other), []);
  assert.is(listPath(other, 7), '/conflicts?state=open&limit=50&performance=q&before=7');
  assert.is(listPath(open), '/conflicts?state=open&limit=50');
});

test('uncertainty is said in seconds, and not at all where nobody knows it', () => {
  assert.is(plusMinus(5, 'en'), '± 0.01 s');
  assert.is(plusMinus(1_250, 'nl'), '± 1,3 s');
  assert.is(plusMinus(null, 'en'), '');
});

test('our own fault stands out', () => {
  const kinds = ['knew', 'could-not-know', 'same-moment', null] as const;
  assert.equal(kinds.map(toneOfKind), ['bad', 'warn', '', '']);
});

test('every text stands in both languages with the same places to fill', () => {
  const places = (text: string) => text.match(/\{\w+\}/g) ?? [];
  for (const [key, text] of Object.entries(conflictTexts.en)) {
    const nl = conflictTexts.nl[key as keyof typeof conflictTexts.nl];
    assert.equal(places(nl), places(text), key);
  }
  assert.is(sayOfConflict('nl', 'something-new'), 'something-new');
  assert.is(sayOfConflict('en', 'explained', { when: 'now' }), 'Explained by a later record, now');
});

test.run();
