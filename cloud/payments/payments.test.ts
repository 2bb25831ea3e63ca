import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MOLLIE_KEY, need, type Shop, startShop } from '../test/shop.ts';
import { type MollieServer, startMollie } from './test/mollie-server.ts';

const MINUTE_MS = 60_000;
let mollie: MollieServer;
let shop: Shop;

test.before(async () => {
  mollie = await startMollie();
  shop = await startShop({ demonstration: false, mollie: mollie.address });
  need(await shop.staff('PUT', '/payments/settings', { mollieKey: MOLLIE_KEY }), 200);
});
test.after(async () => {
  await shop.stop();
  await mollie.stop();
});

/** An order whose guest has been sent to Mollie; gives Mollie's id. */
async function paying(show: { id: string; type: string }, count = 1) {
  const { order, token } = await shop.order(show, count);
  const begun = need(
    await shop.shop('POST', `/orders/${order.id}/payments`, { order: token }),
    201,
  );
  const reference = shop.sale.payments.store.find(begun.payment)?.reference as string;
  assert.is(begun.checkout, `https://www.mollie.com/checkout/${reference}`);
  const state = async () =>
    need(await shop.shop('GET', `/orders/${order.id}`, { order: token }), 200).state as string;
  return { order, token, reference, payment: begun.payment as string, state };
}

const ticketsOf = async (performance: string) =>
  shop.house.store.db
    .selectFrom('tickets')
    .selectAll()
    .where('performance', '=', performance)
    .execute();

/** Runs what the timers run, now. */
async function round(): Promise<void> {
  await shop.sale.payments.refunds.round(() => true);
}

test('a paid order is confirmed by the webhook, before the guest comes back, once', async () => {
  const show = await shop.sell();
  const { order, reference, state } = await paying(show, 2);
  assert.is(await state(), 'awaiting-payment');
  assert.is(mollie.payments.get(reference)?.amount.value, '50.00');
  mollie.turn(reference, 'paid');
  assert.equal(await Promise.all([mollie.tell(reference), mollie.tell(reference)]), [200, 200]);
  assert.is(await mollie.tell(reference), 200);
  assert.is(await state(), 'confirmed');
  assert.is((await ticketsOf(show.id)).length, 2, 'twice told, sold once');
  assert.is(shop.mails.filter(({ key }) => key === `order:${order.id}:confirmation`).length, 1);
  assert.is(mollie.refunds.length, 0);
});

test('a webhook’s word is not taken: only what Mollie answers when asked', async () => {
  const show = await shop.sell();
  const { reference, state } = await paying(show);
  assert.is(await mollie.tell(reference), 200);
  assert.is(await state(), 'awaiting-payment', 'still open at Mollie');
});

test('a webhook with a foreign id changes nothing', async () => {
  const show = await shop.sell();
  const one = await paying(show);
  const other = await paying(show);
  mollie.turn(other.reference, 'paid');
  assert.is(await mollie.tell(one.reference, other.reference), 200);
  assert.is(await mollie.tell(one.reference, 'tr_nobody'), 200);
  assert.is(await one.state(), 'awaiting-payment');
  const made = mollie.payments.get(one.reference) as { webhookUrl: string };
  const unknown = made.webhookUrl.replace(one.payment, 'ffffffffffffffffffffffff');
  const body = new URLSearchParams({ id: one.reference });
  assert.is((await fetch(unknown, { method: 'POST', body })).status, 200, 'gives nothing away');
});

test('a payment whose metadata names another of ours is not taken', async () => {
  const show = await shop.sell();
  const { reference, state } = await paying(show);
  mollie.turn(reference, 'paid', { metadata: { payment: 'another' } });
  await mollie.tell(reference);
  assert.is(await state(), 'awaiting-payment');
  assert.ok(shop.house.log.codes().includes('payment-foreign'));
});

for (const [what, amount] of [
  ['a wrong amount', { currency: 'EUR', value: '0.01' }],
  ['a wrong currency', { currency: 'USD', value: '25.00' }],
] as const) {
  test(`${what} goes back and buys nothing`, async () => {
    const show = await shop.sell();
    const { reference, state } = await paying(show);
    mollie.turn(reference, 'paid', { amount });
    await mollie.tell(reference);
    await round();
    assert.is(await state(), 'awaiting-payment');
    assert.equal(
      mollie.refunds.filter(({ payment }) => payment === reference).map(({ value }) => value),
      [amount.value],
    );
    assert.ok(shop.house.log.codes().includes('payment-wrong-amount'));
  });
}

test('L3: a late payment is honoured if its seats are still free', async () => {
  const show = await shop.sell();
  const { order, reference, state } = await paying(show, 2);
  shop.house.clock.move(16 * MINUTE_MS);
  await shop.house.store.batch(() => shop.sale.selling.orders.sweep());
  assert.is(await state(), 'expired');
  mollie.turn(reference, 'paid');
  await mollie.tell(reference);
  assert.is(await state(), 'confirmed');
  const places = shop.sale.selling.places.ofPerformance(show.id);
  assert.equal(
    places.map(({ order_id }) => order_id),
    [order.id, order.id],
  );
});

test('L3: a late payment whose seats are gone goes back, each once', async () => {
  const show = await shop.sell({ lines: 1, seats: 2 });
  const late = await paying(show, 2);
  shop.house.clock.move(16 * MINUTE_MS);
  const quick = await paying(show, 2);
  mollie.turn(late.reference, 'paid');
  mollie.turn(quick.reference, 'paid');
  await Promise.all([mollie.tell(late.reference), mollie.tell(quick.reference)]);
  await mollie.tell(late.reference);
  await round();
  await round();
  assert.equal([await late.state(), await quick.state()], ['expired', 'confirmed']);
  assert.is((await ticketsOf(show.id)).length, 2);
  const back = mollie.refunds.filter(({ payment }) => payment === late.reference);
  assert.equal(
    back.map(({ value }) => value),
    ['50.00'],
  );
  assert.ok(shop.mails.some(({ key }) => key.startsWith(`order:${late.order.id}:refund:`)));
});

test('a payment for an order that the guest has given up goes back', async () => {
  const show = await shop.sell();
  const { order, token, reference, state } = await paying(show);
  need(await shop.shop('POST', `/orders/${order.id}/cancel`, { order: token }), 200);
  mollie.turn(reference, 'paid');
  await mollie.tell(reference);
  await round();
  assert.is(await state(), 'cancelled');
  assert.is(mollie.refunds.filter(({ payment }) => payment === reference).length, 1);
});

test('a refund that Mollie does not take is tried again under the same key', async () => {
  const show = await shop.sell();
  const { order, reference } = await paying(show);
  mollie.turn(reference, 'paid');
  await mollie.tell(reference);
  mollie.isDown = true;
  const refused = { reason: 'cancelled evening' };
  need(await shop.staff('POST', `/orders/${order.id}/refund`, refused), 200);
  await round();
  const [waiting] = shop.sale.payments.store.refundsOf(order.id);
  assert.equal([waiting?.state, waiting?.tries], ['waiting', 1]);
  mollie.isDown = false;
  shop.house.clock.move(2 * MINUTE_MS);
  await round();
  const [sent] = shop.sale.payments.store.refundsOf(order.id);
  assert.is(sent?.state, 'sent');
  assert.equal(
    mollie.refunds.filter(({ payment }) => payment === reference).map(({ key }) => key),
    [sent?.id],
  );
  const [ticket] = await ticketsOf(show.id);
  assert.is(ticket?.status, 'cancelled', 'a refunded ticket opens no gate');
  const { orders } = need(await shop.staff('GET', `/orders?search=${order.number}`), 200);
  const found = orders.map(({ state, tickets }: never) => [state, tickets]);
  assert.equal(found, [['refunded', 0]], 'staff still find it');
});

test('while Mollie is down a payment cannot begin, and a webhook is asked for again', async () => {
  const show = await shop.sell();
  const { reference, state } = await paying(show);
  const second = await shop.order(show, 1);
  mollie.isDown = true;
  const begun = await shop.shop('POST', `/orders/${second.order.id}/payments`, {
    order: second.token,
  });
  assert.equal([begun.status, begun.body.code], [503, 'payment-unavailable']);
  assert.is(await mollie.tell(reference), 503, 'Mollie tells again later');
  mollie.isDown = false;
  mollie.turn(reference, 'paid');
  assert.is(await mollie.tell(reference), 200);
  assert.is(await state(), 'confirmed');
});

test('a second click gets the same payment', async () => {
  const show = await shop.sell();
  const { order, token, payment } = await paying(show);
  const again = await shop.shop('POST', `/orders/${order.id}/payments`, { order: token });
  assert.is(again.body.payment, payment);
});

test('the key of Mollie is never shown, and a shop with it has no test payments', async () => {
  const shown = need(await shop.staff('GET', '/payments/settings'), 200);
  const { webhook, told, ...settings } = shown;
  assert.equal(settings, {
    ...{ provider: 'mollie', mode: 'test', keyEnd: 'wxyz' },
    ...{ demonstration: false, testPayments: false },
  });
  assert.match(webhook, /\/shop\/api\/v1\/payments\/$/);
  assert.type(told, 'number', 'when Mollie was last heard');
  const body = { outcome: 'paid' };
  assert.is((await shop.shop('POST', '/test-payments/x', { body })).status, 404);
});

test('B6: single items are refunded: their tickets are dead, their places free, the rest stands', async () => {
  const show = await shop.sell({ lines: 1, seats: 3, cents: 2_500 });
  const { order, token, reference, state } = await paying(show, 3);
  mollie.turn(reference, 'paid');
  await mollie.tell(reference);
  const own = async () =>
    need(await shop.shop('GET', `/orders/${order.id}`, { order: token }), 200);
  const [first, second] = (await own()).items as { id: string; ticket: string }[];
  const refund = (items?: string[]) =>
    shop.staff('POST', `/orders/${order.id}/refund`, { reason: 'ill', ...(items && { items }) });
  assert.is((await refund(['of-no-order'])).body.code, 'order-item-unknown');
  need(await refund([first!.id]), 200);
  assert.is((await refund([first!.id])).body.code, 'order-item-unknown', 'once');
  await round();
  const back = () =>
    mollie.refunds.filter(({ payment }) => payment === reference).map(({ value }) => value);
  assert.equal(back(), ['25.00']);
  const view = await own();
  assert.is(view.state, 'confirmed');
  assert.equal(
    view.items.map((item: { state: string }) => item.state),
    ['refunded', 'active', 'active'],
  );
  const status = async (id: string) =>
    (await ticketsOf(show.id)).find((ticket) => ticket.id === id)?.status;
  assert.is(await status(first!.ticket), 'cancelled');
  assert.is(await status(second!.ticket), 'valid');
  const again = await shop.order(show, 1);
  assert.is(again.order.items.length, 1, 'its seat is sold to somebody else');
  need(await refund(), 200);
  await round();
  assert.equal(back(), ['25.00', '50.00'], 'the rest, and no cent twice');
  assert.is(await state(), 'refunded');
});

test('an order says how its newest payment stands, so that the shop can', async () => {
  const show = await shop.sell();
  const { order, token, reference } = await paying(show);
  const own = async () =>
    need(await shop.shop('GET', `/orders/${order.id}`, { order: token }), 200).payment;
  assert.is(await own(), 'open');
  for (const [told, said] of [
    ['canceled', 'cancelled'],
    ['expired', 'expired'],
    ['failed', 'failed'],
  ] as const) {
    const path = `/orders/${order.id}/payments`;
    const begun = need(await shop.shop('POST', path, { order: token }), 201);
    const made = shop.sale.payments.store.find(begun.payment)?.reference as string;
    mollie.turn(made, told);
    await mollie.tell(made);
    assert.is(await own(), said);
    shop.house.clock.move(1_000);
  }
  assert.ok(reference);
});

test.run();
