import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MOLLIE_KEY, need, type Shop, startShop } from '../test/shop.ts';
import { type MollieServer, startMollie } from './test/mollie-server.ts';

let mollie: MollieServer;
let shop: Shop;

test.before(async () => {
  mollie = await startMollie();
  shop = await startShop({ demonstration: true, mollie: mollie.address });
});
test.after(async () => {
  await shop.stop();
  await mollie.stop();
});

const settings = async () => need(await shop.staff('GET', '/payments/settings'), 200);
const trial = () => shop.staff('POST', '/payments/trial', { language: 'en' });

test('without a key there is no test payment at Mollie', async () => {
  assert.is((await trial()).body.code, 'payment-not-configured');
  assert.is((await shop.staff('GET', '/payments/trial')).body.code, 'payment-unknown');
  const { provider, keyEnd, webhook } = await settings();
  assert.equal([provider, keyEnd], ['test', '']);
  assert.is(webhook, `${shop.base}/shop/api/v1/payments/`);
});

test('a test payment at Mollie is no order’s, and shows that the webhook arrives', async () => {
  need(await shop.staff('PUT', '/payments/settings', { mollieKey: MOLLIE_KEY }), 200);
  const begun = need(await trial(), 200);
  const [made] = [...mollie.payments.values()];
  assert.equal([made?.amount.value, made?.description], ['1.00', 'Test payment']);
  assert.is(begun.trial.checkout, `https://www.mollie.com/checkout/${made?.id}`);
  assert.is(begun.trial.told, null);
  const id = made?.id as string;
  mollie.turn(id, 'paid');
  const before = need(await shop.staff('GET', '/payments/trial'), 200);
  assert.equal([before.state, before.told], ['paid', null], 'asked, not yet told');
  assert.is(await mollie.tell(id, 'tr_nobody'), 200);
  assert.is(need(await shop.staff('GET', '/payments/trial'), 200).told, null);
  assert.is(await mollie.tell(id), 200);
  const after = need(await shop.staff('GET', '/payments/trial'), 200);
  assert.ok(after.told > 0);
  assert.is((await settings()).told, after.told);
});

test('what Mollie refuses is said in its own words, and the key is never shown', async () => {
  mollie.isDown = true;
  const refused = need(await trial(), 200);
  mollie.isDown = false;
  assert.is(refused.trial, null);
  assert.match(refused.said, 'Service Unavailable');
  assert.not.match(JSON.stringify([refused, await settings()]), MOLLIE_KEY);
});

test('in a demonstration the built-in test payment can be used beside a key', async () => {
  assert.is((await settings()).provider, 'mollie');
  const put = need(await shop.staff('PUT', '/payments/settings', { testPayments: true }), 200);
  assert.equal([put.provider, put.keyEnd], ['test', MOLLIE_KEY.slice(-4)]);
  assert.is(shop.sale.pays(), 'test');
  need(await shop.staff('PUT', '/payments/settings', { testPayments: false }), 200);
  assert.is(shop.sale.pays(), 'mollie');
  need(await shop.staff('PUT', '/payments/settings', { mollieKey: null }), 200);
  assert.is((await settings()).mode, null);
});

test('a paid order is noted as told, too', async () => {
  need(await shop.staff('PUT', '/payments/settings', { mollieKey: MOLLIE_KEY }), 200);
  const show = await shop.sell();
  const { order, token } = await shop.order(show, 1);
  need(await shop.shop('POST', `/orders/${order.id}/payments`, { order: token }), 201);
  const before = (await settings()).told;
  const reference = [...mollie.payments.keys()].at(-1) as string;
  mollie.turn(reference, 'paid');
  assert.is(await mollie.tell(reference), 200);
  assert.ok((await settings()).told > before);
});

test.run();
