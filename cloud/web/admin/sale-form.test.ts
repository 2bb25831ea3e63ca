import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { portalWindow } from '../../portal/windows.ts';
import { windowOf } from '../../ticketing/performance.ts';
import { SaleChanges } from '../../ticketing/sale/sale.ts';
import { keptMoment, localText, momentOf } from './local-time.ts';
import { centsOf, euros, moneyText } from './money.ts';
import { NATIONAL_NUMBER, needsConfirmation, portalTimes, usualWindow } from './sale-form.ts';

const START = Date.UTC(2026, 11, 12, 19, 15, 30);
const HOUR = 3_600_000;

test('S7: a sale-until before the start needs a confirmation, unless it stood there before', () => {
  assert.is(needsConfirmation(START - 1, START, null), true);
  assert.is(needsConfirmation(START, START, null), false);
  assert.is(needsConfirmation(null, START, START - 1), false);
  assert.is(needsConfirmation(START - 1, START, START - 1), false);
});

test('S5, S6, S7, P13: the page shows the very times that portal and gate go by', () => {
  for (const saleUntil of [null, START - HOUR]) {
    for (const ends of [null, START + 2 * HOUR]) {
      const minutes = { listBeforeMinutes: 180, codeBeforeMinutes: 30 };
      const { listFrom, codeFrom, until } = portalWindow({
        starts: START,
        ends,
        saleUntil,
        ...minutes,
      });
      const shown = portalTimes({ starts: START, ends }, { saleUntil, ...minutes });
      assert.equal(shown, { list: listFrom, code: codeFrom, until });
      const none = { opens: null, closes: null };
      assert.equal(usualWindow(START, ends), windowOf({ starts: START, ends, ...none }));
    }
  }
});

test('a moment nobody touched keeps its seconds; an empty field is none', () => {
  assert.is(keptMoment(localText(START), START), START);
  assert.is(keptMoment('', START), null);
  assert.is(momentOf(localText(START)), START - 30_000);
  assert.is(momentOf('tomorrow'), null);
  assert.is(keptMoment(localText(null), null), null);
});

test('amounts are read as people write them and kept in whole cents', () => {
  assert.equal(['12', '12,5', '12.50', ' € 0,07 '].map(centsOf), [1_200, 1_250, 1_250, 7]);
  for (const wrong of ['', '1.234,50', '12,505', '-3', 'free'])
    assert.is(centsOf(wrong), undefined);
  assert.is(moneyText(1_205, 'nl'), '12,05');
  assert.match(euros(-250, 'en'), '2.50');
});

test('P5: the page takes a national number exactly where the cloud does', () => {
  const page = new RegExp(`^(?:${NATIONAL_NUMBER})$`);
  for (const text of ['NL-01-2-3|9', 'NL-00-000-0000000|00000', 'NL-1-2-3|9', 'NL-01-2-3', 'x']) {
    const cloud = SaleChanges.safeParse({ nationalNumber: text }).success;
    assert.is(page.test(text), cloud, text);
  }
});

test.run();
