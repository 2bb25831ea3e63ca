import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Detail } from './api.ts';
import { most, priceIn, totalOf, wishOfCounts } from './choosing.ts';

const show: Detail = {
  ...{ id: 'p', title: 'Hamlet', hall: 'main', starts: 0, ends: null, secure: false },
  ...{ saleFrom: null, saleUntil: null, state: 'open', free: 100, verify: 'no', charges: [] },
  ...{ seated: true, priceText: '', guestMax: null, basketMax: 10 },
  ranks: [
    { id: 'a', name: 'Stalls' },
    { id: 'b', name: 'Circle' },
  ],
  types: [
    {
      ...{ id: 'adult', name: 'Adult' },
      prices: [
        { rank: 'a', cents: 3_000 },
        { rank: 'b', cents: 2_000 },
      ],
    },
    { id: 'child', name: 'Child', prices: [{ rank: 'b', cents: 1_000 }] },
  ],
};

test('P12: no more are offered than basket, guest and places allow', () => {
  assert.is(most(show), 10);
  assert.is(most({ ...show, guestMax: 4 }), 4);
  assert.is(most({ ...show, guestMax: 4, free: 1 }), 1);
});

test('a total is shown only where it is certain', () => {
  assert.is(totalOf(show, { adult: 2 }, 'a'), 6_000);
  assert.is(totalOf(show, { adult: 1, child: 2 }, 'b'), 4_000);
  assert.is(totalOf(show, { adult: 1 }, undefined), undefined, 'depends on the seats');
  assert.is(totalOf(show, { child: 3 }, undefined), 3_000);
  assert.is(totalOf(show, { child: 1 }, 'a'), undefined, 'not sold there');
  assert.is(totalOf(show, { adult: 0 }, undefined), 0);
});

test('the best of all areas is asked for by naming none', () => {
  const tickets = [{ type: 'adult', count: 2 }];
  assert.equal(wishOfCounts(show, { adult: 2, child: 0 }, undefined), {
    performance: 'p',
    tickets,
  });
  const inCircle = { performance: 'p', tickets, rank: 'b' };
  assert.equal(wishOfCounts(show, { adult: 2 }, 'b'), inCircle);
  const free = { ...show, seated: false };
  assert.equal(wishOfCounts(free, { adult: 2 }, ''), { performance: 'p', tickets });
});

test('a ticket type costs what it costs in that area, or is not sold there', () => {
  assert.equal([priceIn(show, 'child', 'b'), priceIn(show, 'child', 'a')], [1_000, undefined]);
});

test.run();
