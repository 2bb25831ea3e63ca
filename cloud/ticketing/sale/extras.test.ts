import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { need, newOrder, type Shop, startShop } from '../../test/shop.ts';

const MINUTE_MS = 60_000;
let shop: Shop;
test.before(async () => {
  shop = await startShop();
});
test.after(() => shop.stop());

type Show = { id: string; type: string };
const along = async (show: Show, extras: object[]): Promise<string[]> => {
  const put = await shop.staff('PUT', `/performances/${show.id}/extras`, { extras });
  return need(put, 200).extras.map(({ id }: { id: string }) => id);
};
const fill = async (show: Show, count = 1): Promise<string> => {
  const body = { performance: show.id, tickets: [{ type: show.type, count }] };
  return need(await shop.shop('POST', '/basket/places', { body }), 201).token;
};
const put = (basket: string, extra: string, count: number) =>
  shop.shop('PUT', '/basket/extras', { basket, body: { extra, count } });
const place = (basket: string) => shop.shop('POST', '/orders', { basket, body: newOrder() });
const pay = async ({ order, token }: { order: { id: string }; token: string }) => {
  const started = await shop.shop('POST', `/orders/${order.id}/payments`, { order: token });
  const { payment } = need(started, 201);
  need(await shop.shop('POST', `/test-payments/${payment}`, { body: { outcome: 'paid' } }), 200);
  return need(await shop.shop('GET', `/orders/${order.id}`, { order: token }), 200);
};
const leftOf = async (show: Show): Promise<number | null> =>
  need(await shop.shop('GET', `/performances/${show.id}`), 200).extras[0].left;

// biome-ignore lint/suspicious/noExplicitAny: the data of whichever template it is
const lastMail = (): any => shop.mails.at(-1)?.data;

test('P7: extras are sold along from basket to mail, and paid back with the order', async () => {
  const show = await shop.sell();
  const surcharges = [{ name: 'Fee', per: 'ticket', cents: 150 }];
  need(await shop.staff('PUT', `/performances/${show.id}/surcharges`, { surcharges }), 204);
  const [booklet, wine] = (await along(show, [
    { name: 'Programme booklet', cents: 450, most: 4 },
    { name: 'Wine', cents: 550, stock: 10 },
  ])) as [string, string];
  const shown = need(await shop.shop('GET', `/performances/${show.id}`), 200);
  assert.equal(shown.extras, [
    { id: booklet, name: 'Programme booklet', cents: 450, most: 4, left: null },
    { id: wine, name: 'Wine', cents: 550, most: 10, left: 10 },
  ]);
  const basket = await fill(show, 2);
  need(await put(basket, booklet, 3), 200);
  need(await put(basket, wine, 2), 200);
  const seen = need(await put(basket, booklet, 2), 200);
  assert.equal(
    seen.extras.map(({ name, count, cents }: never) => [name, count, cents]),
    [
      ['Programme booklet', 2, 450],
      ['Wine', 2, 550],
    ],
  );
  const total = 2 * 2_500 + 2 * 150 + 2 * 450 + 2 * 550;
  assert.is(seen.total, total);
  shop.mails.length = 0;
  const placed = need(await place(basket), 201);
  assert.is(placed.order.total, total);
  assert.is(await leftOf(show), null);
  const paid = await pay(placed);
  assert.equal(paid.charges, [
    { name: 'Fee', cents: 300 },
    { name: '2 × Programme booklet', cents: 900, extra: booklet, count: 2 },
    { name: '2 × Wine', cents: 1_100, extra: wine, count: 2 },
  ]);
  const { reserveerinfo } = lastMail();
  assert.is(reserveerinfo.totaal, total);
  assert.equal(reserveerinfo.toeslagen.at(-1), { omschrijving: '2 × Wine', bedrag: 1_100 });
  const refund = { reason: 'ill' };
  need(await shop.staff('POST', `/orders/${placed.order.id}/refund`, refund), 200);
  assert.is(lastMail().terugbetaling.bedrag, total, 'whole');
});

test('P7: an extra has a most per order and a stock that is never oversold', async () => {
  const show = await shop.sell();
  const other = await shop.sell();
  const [wine] = (await along(show, [{ name: 'Wine', cents: 500, most: 4, stock: 5 }])) as [string];
  const first = await fill(show);
  assert.is((await put(first, wine, 5)).body.code, 'extra-maximum');
  need(await put(first, wine, 3), 200);
  need(await put(first, wine, 4), 200);
  const second = await fill(show);
  assert.is((await put(second, wine, 2)).body.code, 'extra-gone');
  assert.is((await put(await fill(other), wine, 1)).body.code, 'extra-unknown');
  const placed = need(await place(first), 201);
  assert.is(await leftOf(show), 1, 'counted once, in the order');
  need(await put(second, wine, 1), 200);
  assert.is(await leftOf(show), 0);
  need(
    await shop.shop('POST', `/orders/${placed.order.id}/cancel`, { order: placed.token, body: {} }),
    200,
  );
  assert.is(await leftOf(show), 4);
  shop.house.clock.move(16 * MINUTE_MS);
  assert.is(await leftOf(show), 5, 'a basket whose time is over holds none');
});

test('P7: 40 buyers at once for 10 extras: exactly 10 are sold', async () => {
  const show = await shop.sell();
  const [last] = (await along(show, [{ name: 'Poster', cents: 500, stock: 10 }])) as [string];
  const buy = async () => (await put(await fill(show), last, 1)).status;
  const answers = await Promise.all(Array.from({ length: 40 }, buy));
  assert.is(answers.filter((status) => status === 200).length, 10);
  assert.is(answers.filter((status) => status === 409).length, 30);
});

test('P7: extras leave with the last ticket they go with, and keep the price they went in at', async () => {
  const show = await shop.sell();
  const [wine] = (await along(show, [{ name: 'Wine', cents: 500 }])) as [string];
  const basket = await fill(show);
  const seen = need(await put(basket, wine, 2), 200);
  await along(show, [{ id: wine, name: 'Wine', cents: 900 }]);
  const later = need(await shop.shop('GET', '/basket', { basket }), 200);
  assert.is(later.total, seen.total);
  const [item] = later.items;
  const path = `/basket/places/${item.id}`;
  const empty = need(await shop.shop('DELETE', path, { basket }), 200);
  assert.equal([empty.extras, empty.charges, empty.total], [[], [], 0]);
  assert.is((await place(basket)).body.code, 'basket-empty');
});

test('P7: free tickets with an extra are paid for, and a late payment needs the extra again', async () => {
  const show = await shop.sell({ cents: 0 });
  const [wine] = (await along(show, [{ name: 'Wine', cents: 500, stock: 1 }])) as [string];
  const basket = await fill(show);
  need(await put(basket, wine, 1), 200);
  const placed = need(await place(basket), 201);
  assert.equal([placed.order.state, placed.order.total], ['awaiting-payment', 500]);
  const started = await shop.shop('POST', `/orders/${placed.order.id}/payments`, {
    order: placed.token,
  });
  shop.house.clock.move(16 * MINUTE_MS);
  need(await put(await fill(show), wine, 1), 200);
  const { payment } = need(started, 201);
  need(await shop.shop('POST', `/test-payments/${payment}`, { body: { outcome: 'paid' } }), 200);
  const order = await shop.shop('GET', `/orders/${placed.order.id}`, { order: placed.token });
  assert.is(need(order, 200).state, 'expired', 'paid back, not confirmed');
  const refunds = await shop.house.store.db.selectFrom('refunds').select('cents').execute();
  assert.is(refunds.at(-1)?.cents, 500);
});

test('P7: the box office sells along as well', async () => {
  const show = await shop.sell();
  const [wine] = (await along(show, [{ name: 'Wine', cents: 500 }])) as [string];
  const booked = await shop.staff('POST', '/orders', {
    ...{ key: 'booking-with-wine', name: 'Vera Smit', paid: true },
    places: { performance: show.id, tickets: [{ type: show.type, count: 1 }] },
    extras: [{ extra: wine, count: 2 }],
  });
  assert.is(need(booked, 201).total, 2_500 + 1_000);
});

test.run();
