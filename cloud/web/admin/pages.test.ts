import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commonTexts } from './common-texts.ts';
import { doorStaffTexts } from './door-staff-texts.ts';
import { entranceTexts } from './entrance-texts.ts';
import { alertTexts, fleetTexts, refusalTexts } from './fleet-texts.ts';
import { hallTexts } from './hall-texts.ts';
import { mailTexts } from './mail-texts.ts';
import { orderTexts } from './order-texts.ts';
import { groupsFor, PAGES, pageOf, pagesFor } from './pages.ts';
import { priceTexts } from './price-texts.ts';
import { linesOf, lookOf, type Seat } from './seats.ts';
import { sellingTexts } from './selling-texts.ts';
import { settingTexts } from './setting-texts.ts';
import { alarmTexts, messageTexts, smsTexts } from './sms-texts.ts';
import { staffTexts } from './staff-texts.ts';
import { inLanguage, known, type Words } from './words.ts';

test('an address names a page and what is open in it; an unknown one is today', () => {
  assert.equal(pageOf('#/orders/ab%20c'), { key: 'orders', rest: 'ab c' });
  assert.equal(pageOf(''), { key: 'today', rest: '' });
  assert.equal(pageOf('#/nonsense/x').key, 'today');
});

test('people see the pages of their roles, administrators all of them', () => {
  assert.equal(pagesFor([]), ['today', 'conflicts']);
  assert.equal(pagesFor(['box-office']), [
    'today',
    'orders',
    'guests',
    'conflicts',
    'performances',
  ]);
  assert.equal(pagesFor(['door-lead']), [
    ...['today', 'orders', 'guests', 'door', 'conflicts'],
    'fleet',
  ]);
  assert.is(pagesFor(['administrator']).length, PAGES.length);
  const groups = groupsFor(['box-office']).map(({ group }) => group);
  assert.equal(groups, ['work', 'programme']);
});

test('both languages of a text have the same places for values', () => {
  const all: Words[] = [commonTexts, entranceTexts, mailTexts, orderTexts, sellingTexts];
  const more: Words[] = [hallTexts, priceTexts, settingTexts, fleetTexts, alertTexts, refusalTexts];
  for (const words of [
    ...all,
    smsTexts,
    alarmTexts,
    messageTexts,
    staffTexts,
    doorStaffTexts,
    ...more,
  ]) {
    for (const [key, [en, nl]] of Object.entries(words)) {
      const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).toSorted();
      assert.equal(places(nl), places(en), key);
      assert.ok(en !== '' && nl !== '', key);
    }
  }
});

test('a text takes values, and a key that is new to the page is shown as it is', () => {
  assert.is(inLanguage('nl', ['{n} of {m}', '{n} van {m}'], { n: 1, m: 2 }), '1 van 2');
  assert.is(known('en', { a: ['A', 'B'] }, 'new-code'), 'new-code');
});

test('B5: a seat is chosen, free, sold or not available, in lines with their aisles', () => {
  const seat = (id: string, line: number, place: number, free: boolean): Seat => ({
    ...{ id, rank: 'a', row: 'A', number: id, line, place, wheelchair: false, free },
  });
  const seats = [seat('3', 1, 6, true), seat('1', 0, 4, false), seat('2', 0, 2, true)];
  const columns = linesOf(seats).map(({ seats: row }) => row.map(({ column }) => column));
  assert.equal(columns, [[1, 3], [5]]);
  const looks = seats.map((one) => lookOf(one, new Set(['3']), new Set()));
  assert.equal(looks, ['chosen', 'sold', 'free']);
  assert.is(lookOf(seat('9', 0, 0, false), new Set(), new Set(['9'])), 'blocked');
});

test.run();
