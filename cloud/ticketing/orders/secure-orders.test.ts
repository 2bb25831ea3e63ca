import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { need, newOrder, type Shop, startShop } from '../../test/shop.ts';

let shop: Shop;
test.before(async () => {
  shop = await startShop();
});
test.after(() => shop.stop());

const wish = ({ id, type }: { id: string; type: string }, count = 1) => ({
  performance: id,
  tickets: [{ type, count }],
});

test('S1: an unverified guest is refused at basket, order and payment by the API too', async () => {
  const show = await shop.sell({ secure: true });
  shop.accounts.set('ann', null);
  const stranger = await shop.shop('POST', '/basket/places', { body: wish(show) });
  assert.equal([stranger.status, stranger.body.code], [401, 'guest-not-known']);
  const basket = await shop.shop('POST', '/basket/places', { account: 'ann', body: wish(show) });
  assert.equal([basket.status, basket.body.code], [403, 'guest-not-verified']);
  const shown = need(await shop.shop('GET', `/performances/${show.id}`, { account: 'ann' }), 200);
  assert.is(shown.verify, 'phone');

  shop.accounts.set('ann', '+31612345678');
  const filled = need(
    await shop.shop('POST', '/basket/places', { account: 'ann', body: wish(show) }),
    201,
  );
  shop.accounts.set('ann', null);
  const asked = { account: 'ann', basket: filled.token };
  const order = await shop.shop('POST', '/orders', { ...asked, body: newOrder() });
  assert.equal([order.status, order.body.code], [403, 'guest-not-verified']);
  shop.accounts.set('ann', '+31612345678');
  const made = need(await shop.shop('POST', '/orders', { ...asked, body: newOrder() }), 201);
  shop.accounts.set('ann', null);
  const pay = { account: 'ann', order: made.token };
  const payment = await shop.shop('POST', `/orders/${made.order.id}/payments`, pay);
  assert.equal([payment.status, payment.body.code], [403, 'guest-not-verified']);
});

test('S1, S2: a number changed between basket, order and payment is noticed', async () => {
  const show = await shop.sell({ secure: true });
  shop.accounts.set('bob', '+31611111111');
  const filled = need(
    await shop.shop('POST', '/basket/places', { account: 'bob', body: wish(show) }),
    201,
  );
  const asked = { account: 'bob', basket: filled.token };
  shop.accounts.set('bob', '+31622222222');
  const more = await shop.shop('POST', '/basket/places', { ...asked, body: wish(show) });
  assert.is(more.body.code, 'phone-changed');
  const order = await shop.shop('POST', '/orders', { ...asked, body: newOrder() });
  assert.equal([order.status, order.body.code], [409, 'phone-changed']);
  shop.accounts.set('bob', '+31611111111');
  const made = need(await shop.shop('POST', '/orders', { ...asked, body: newOrder() }), 201);
  shop.accounts.set('bob', '+31622222222');
  const pay = { account: 'bob', order: made.token };
  const payment = await shop.shop('POST', `/orders/${made.order.id}/payments`, pay);
  assert.is(payment.body.code, 'phone-changed');
});

/** Sends a request of this account, whose number changes while the request waits for the database. */
async function whileChanging(
  account: string,
  phone: string | null,
  send: () => ReturnType<Shop['shop']>,
): ReturnType<Shop['shop']> {
  const seen = Promise.withResolvers<void>();
  const read = shop.accounts.get.bind(shop.accounts);
  let answer: ReturnType<Shop['shop']> | undefined;
  await shop.house.store.db.transaction().execute(async () => {
    shop.accounts.get = (asked) => {
      seen.resolve();
      return read(asked);
    };
    answer = send();
    await seen.promise;
    shop.accounts.set(account, phone);
  });
  shop.accounts.get = read;
  return answer as ReturnType<Shop['shop']>;
}

test('S1, S2: a number changed while the order waits for the database is noticed', async () => {
  const show = await shop.sell({ secure: true });
  shop.accounts.set('eva', '+31611111111');
  const body = wish(show);
  const filled = need(await shop.shop('POST', '/basket/places', { account: 'eva', body }), 201);
  const asked = { account: 'eva', basket: filled.token, body: newOrder() };
  const order = () => shop.shop('POST', '/orders', asked);
  const answer = await whileChanging('eva', '+31622222222', order);
  assert.equal([answer.status, answer.body.code], [409, 'phone-changed']);
});

test('S1, S2: a number changed while the payment waits for the database is noticed', async () => {
  const show = await shop.sell({ secure: true });
  const { store } = shop.sale.payments;
  shop.accounts.set('iris', '+31611111119');
  const { order, token } = await shop.order(show, 1, { account: 'iris' });
  const asked = { account: 'iris', order: token };
  const pays = () => shop.shop('POST', `/orders/${order.id}/payments`, asked);
  const changed = await whileChanging('iris', '+31622222229', pays);
  assert.equal([changed.status, changed.body.code], [409, 'phone-changed']);
  const gone = await whileChanging('iris', null, pays);
  assert.equal([gone.status, gone.body.code], [403, 'guest-not-verified']);
  assert.equal(store.ofOrder(order.id), [], 'no payment was begun');
  shop.accounts.set('iris', '+31611111119');
  need(await pays(), 201);
  const again = await whileChanging('iris', '+31622222229', pays);
  assert.is(again.body.code, 'phone-changed', 'nor is the one given that was begun before');
  assert.is(store.ofOrder(order.id).length, 1);
});

test('S2: a paid order’s tickets are secure, on the number of the order, and stay there', async () => {
  const show = await shop.sell({ secure: true });
  shop.accounts.set('cas', '+31633333333');
  const { order, token } = await shop.order(show, 2, { account: 'cas' });
  await pay(order.id, token, 'cas');
  shop.accounts.set('cas', '+31644444444');
  const rows = await shop.house.store.db
    .selectFrom('tickets')
    .selectAll()
    .where('performance', '=', show.id)
    .execute();
  assert.is(rows.length, 2);
  for (const row of rows) {
    assert.equal([row.kind, row.phone, row.digest], ['secure', '+31633333333', null]);
    assert.match(row.handle as string, /^[0-9a-f]{10}$/);
  }
  const mail = shop.mails.find(({ key }) => key === `order:${order.id}:confirmation`);
  assert.not.match(JSON.stringify(mail), new RegExp(rows[0]?.handle as string));
  const own = need(await shop.shop('GET', '/orders', { account: 'cas' }), 200);
  assert.is(own.orders[0].portal, 'https://secureticketportal.example', 'S11');
});

test('S3: an order with a secure ticket is delivered as e-ticket only', async () => {
  const show = await shop.sell({ secure: true });
  shop.accounts.set('dirk', '+31655555555');
  const filled = need(
    await shop.shop('POST', '/basket/places', { account: 'dirk', body: wish(show) }),
    201,
  );
  const asked = { account: 'dirk', basket: filled.token };
  const body = newOrder({ delivery: 'post' });
  const refused = await shop.shop('POST', '/orders', { ...asked, body });
  assert.equal([refused.status, refused.body.code], [422, 'secure-e-ticket-only']);
});

test('P4: a kiosk gets 404 for a secure performance on list, detail, basket and order', async () => {
  const show = await shop.sell({ secure: true });
  const { token: channel } = need(await shop.staff('POST', '/channels', { name: 'Foyer' }), 201);
  shop.accounts.set('eva', '+31666666666');
  const asked = { channel, account: 'eva' };
  const { performances } = need(await shop.shop('GET', '/performances', { channel }), 200);
  assert.not.ok(performances.some(({ id }: { id: string }) => id === show.id));
  const statuses = [
    await shop.shop('GET', `/performances/${show.id}`, asked),
    await shop.shop('GET', `/performances/${show.id}/seats`, asked),
    await shop.shop('POST', '/basket/places', { ...asked, body: wish(show) }),
  ];
  const web = { account: 'eva', body: wish(show) };
  const { token: basket } = need(await shop.shop('POST', '/basket/places', web), 201);
  statuses.push(await shop.shop('GET', '/basket', { ...asked, basket }));
  statuses.push(await shop.shop('POST', '/orders', { ...asked, basket, body: newOrder() }));
  const made = need(
    await shop.shop('POST', '/orders', { account: 'eva', basket, body: newOrder() }),
    201,
  );
  const own = { ...asked, order: made.token };
  statuses.push(await shop.shop('GET', `/orders/${made.order.id}`, own));
  statuses.push(await shop.shop('POST', `/orders/${made.order.id}/payments`, own));
  assert.equal(
    statuses.map(({ status }) => status),
    statuses.map(() => 404),
  );
  const foreign = await shop.shop('GET', '/performances', { channel: 'made-up' });
  assert.is(foreign.body.code, 'channel-unknown');
});

test('P12: a guest’s maximum counts over all orders, by account and by number', async () => {
  const show = await shop.sell({ secure: true, sale: { guestMax: 3 } });
  shop.accounts.set('fay', '+31677777777');
  shop.accounts.set('fay-again', '+31677777777');
  await shop.order(show, 2, { account: 'fay' });
  const other = { account: 'fay-again', body: wish(show, 2) };
  const refused = await shop.shop('POST', '/basket/places', other);
  assert.equal([refused.status, refused.body.code], [409, 'guest-maximum']);
  await shop.order(show, 1, { account: 'fay-again' });
  const third = await shop.shop('POST', '/basket/places', { account: 'fay', body: wish(show) });
  assert.is(third.body.code, 'guest-maximum');
});

test('P12: two baskets filled at once do not get round it either', async () => {
  const show = await shop.sell({ secure: true, sale: { guestMax: 2 } });
  shop.accounts.set('gus', '+31688888888');
  const fill = () => shop.shop('POST', '/basket/places', { account: 'gus', body: wish(show, 2) });
  const [one, two] = [need(await fill(), 201), need(await fill(), 201)];
  const place = (basket: string) =>
    shop.shop('POST', '/orders', { account: 'gus', basket, body: newOrder() });
  assert.is((await place(one.token)).status, 201);
  assert.is((await place(two.token)).body.code, 'guest-maximum');
});

async function pay(id: string, order: string, account: string): Promise<void> {
  const { payment } = need(
    await shop.shop('POST', `/orders/${id}/payments`, { order, account }),
    201,
  );
  need(await shop.shop('POST', `/test-payments/${payment}`, { body: { outcome: 'paid' } }), 200);
}

test.run();
