import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { priceAt } from '../../ticketing/sale/prices.ts';
import { NewTypes, SurchargeBody } from '../../ticketing/sale/sale.ts';
import { localText } from './local-time.ts';
import { centsOf, moneyText } from './money.ts';
import { addPlan, addType, pricesForm, type TicketType, typesOf } from './price-form.ts';
import { extraForm, extrasOf, surchargeForm, surchargesOf } from './surcharge-form.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);
const HOUR = 3_600_000;
const LATER = NOW + 5 * HOUR + 30_000;
const write = (cents: number) => moneyText(cents, 'nl');
const TYPE: TicketType = {
  ...{ id: 't', name: 'Adult', kind: null, kindReason: '', staffOnly: false },
  prices: [
    { rank: 'a', validFrom: NOW - 1, cents: 3_000 },
    { rank: 'a', validFrom: 0, cents: 2_000 },
    { rank: 'a', validFrom: LATER, cents: 4_000 },
  ],
};
const open = () => pricesForm([TYPE], NOW, write);

test('P7: planned prices stay as they are, to the second, while present ones are edited', () => {
  const form = open();
  assert.equal(form.types[0]?.prices, { a: '30,00' });
  assert.equal(form.types[0]?.planned, { 0: { a: '40,00' } });
  const [sent] = typesOf(form, ['a', 'b'], NOW, centsOf) as TicketType[];
  assert.equal(sent?.prices, [
    { rank: 'a', validFrom: 0, cents: 3_000 },
    { rank: 'a', validFrom: LATER, cents: 4_000 },
  ]);
});

test('P7: a plan made on the page is a price that the cloud takes from its moment on', () => {
  const form = open();
  addPlan(form);
  addType(form);
  const from = NOW + 24 * HOUR;
  Object.assign(form.plans[1] as object, { from: localText(from) });
  Object.assign(form.types[1] as object, { name: 'Student', prices: { a: '10' } });
  Object.assign(form.types[1]?.planned[1] as object, { a: '12,50' });
  const types = typesOf(form, ['a'], NOW, centsOf);
  assert.ok(Array.isArray(types));
  const [, student] = NewTypes.parse({ types }).types;
  const prices = (student?.prices ?? []).map((price) => ({ type: 's', ...price }));
  assert.equal(
    [from - 1, from].map((at) => priceAt(prices, 's', 'a', at)),
    [1_000, 1_250],
  );
});

test('what cannot be is named: a plan in the past, two at one moment, a price that is none', () => {
  const past = open();
  Object.assign(past.plans[0] as object, { from: localText(NOW - HOUR) });
  assert.is(typesOf(past, ['a'], NOW, centsOf), 'planPast');
  const begun = open();
  assert.ok(Array.isArray(typesOf(begun, ['a'], LATER + 1, centsOf)), 'one that has just begun');
  const twice = open();
  addPlan(twice);
  Object.assign(twice.plans[1] as object, { from: localText(LATER + HOUR) });
  Object.assign(twice.plans[0] as object, { from: localText(LATER + HOUR) });
  assert.is(typesOf(twice, ['a'], NOW, centsOf), 'planTwice');
  const dear = open();
  Object.assign(dear.types[0]?.planned[0] as object, { a: 'dear' });
  assert.is(typesOf(dear, ['a'], NOW, centsOf), 'badPrice');
});

test('a surcharge is added, a discount taken off, and both are read back as written', () => {
  const list = [
    { name: 'Cloakroom', per: 'ticket', cents: 150 },
    { name: 'Early', per: 'order', cents: -500 },
  ] as const;
  const forms = list.map((one) => surchargeForm(one, write));
  assert.equal(
    forms.map(({ what, amount }) => [what, amount]),
    [
      ['surcharge', '1,50'],
      ['discount', '5,00'],
    ],
  );
  const surcharges = surchargesOf(forms, centsOf);
  assert.equal(SurchargeBody.parse({ surcharges }).surcharges, list);
  assert.is(
    surchargesOf([surchargeForm({ ...list[0], cents: 1 }, () => '-3')], centsOf),
    undefined,
  );
});

test('extras keep their id, so that baskets and orders go on naming them', () => {
  const extra = { id: 'x', name: 'Wine', cents: 650, most: 4, stock: null };
  const form = extraForm(extra, write);
  assert.equal(extrasOf([form], centsOf), [extra]);
  assert.is(extrasOf([{ ...form, price: '' }], centsOf), undefined);
});

test.run();
