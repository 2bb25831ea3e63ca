import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { need, newOrder, type Shop, startShop } from '../../test/shop.ts';
import { priceAt, totalsOf } from './prices.ts';

const MINUTE_MS = 60_000;
const BUYERS = 200;
let shop: Shop;
test.before(async () => {
  shop = await startShop();
});
test.after(() => shop.stop());

const wish = ({ id, type }: { id: string; type: string }, count: number, more: object = {}) => ({
  body: { performance: id, tickets: [{ type, count }], ...more },
});
const fill = (show: { id: string; type: string }, count: number, more: object = {}) =>
  shop.shop('POST', '/basket/places', wish(show, count, more));

test('200 buyers at once for 50 seats: exactly 50 are sold, each seat once', async () => {
  const show = await shop.sell({ lines: 5, seats: 10, cents: 0 });
  const buy = async (): Promise<number> => {
    const filled = await fill(show, 1);
    if (filled.status !== 201) return filled.status;
    const basket = filled.body.token;
    return (await shop.shop('POST', '/orders', { basket, body: newOrder() })).status;
  };
  const answers = await Promise.all(Array.from({ length: BUYERS }, buy));
  assert.is(answers.filter((status) => status === 201).length, 50);
  assert.is(answers.filter((status) => status === 409).length, BUYERS - 50);
  const tickets = await shop.house.store.db
    .selectFrom('tickets')
    .select(['label', 'status', 'digest'])
    .where('performance', '=', show.id)
    .execute();
  assert.is(tickets.length, 50);
  assert.is(new Set(tickets.map(({ label }) => label)).size, 50, 'each seat once');
  assert.is(new Set(tickets.map(({ digest }) => digest)).size, 50);
  assert.ok(tickets.every(({ status }) => status === 'valid'));
});

test('P7: a planned price holds from its moment on', () => {
  const price = (validFrom: number, cents: number) => ({ type: 't', rank: 'a', validFrom, cents });
  const prices = [price(0, 1_000), price(5_000, 1_500)];
  assert.is(priceAt(prices, 't', 'a', 4_999), 1_000);
  assert.is(priceAt(prices, 't', 'a', 5_000), 1_500);
  assert.is(priceAt(prices, 't', 'b', 5_000), undefined);
});

test('P7: surcharges and discounts add up to the cent, and never below zero', () => {
  const tickets = [
    { performance: 'p', cents: 1_999 },
    { performance: 'p', cents: 1_999 },
    { performance: 'q', cents: 0 },
  ];
  const of = (per: 'ticket' | 'order', cents: number, performance: string | null = null) => ({
    ...{ id: `${per}${cents}`, name: per, per, cents, performance },
  });
  const sum = totalsOf(tickets, [of('ticket', 150), of('order', 275), of('order', -100, 'p')]);
  assert.equal(
    sum.charges.map(({ cents }) => cents),
    [300, 275, -100],
    'a free ticket carries none',
  );
  assert.is(sum.total, 3_998 + 300 + 275 - 100);
  assert.is(totalsOf(tickets, [of('order', -9_999)]).total, 0);
});

test('a basket keeps its price and its places, until its time is over', async () => {
  const show = await shop.sell({ lines: 1, seats: 2 });
  const { token } = need(await fill(show, 2), 201);
  const types = [
    { id: show.type, name: 'Adult', kind: 'normal', prices: [{ rank: 'a', cents: 9_900 }] },
  ];
  assert.is((await fill(show, 1)).body.code, 'places-gone');
  const { basket } = { basket: need(await shop.shop('GET', '/basket', { basket: token }), 200) };
  assert.is(basket.total, 5_000);
  shop.house.clock.move(16 * MINUTE_MS);
  const late = await shop.shop('POST', '/orders', { basket: token, body: newOrder() });
  assert.is(late.body.code, 'basket-unknown');
  need(await fill(show, 2), 201);
  need(await shop.staff('PUT', `/performances/${show.id}/ticket-types`, { types }), 200);
});

test('P9: blocked seats are never sold, chosen or best available', async () => {
  const show = await shop.sell({ lines: 1, seats: 3 });
  const { seats } = need(await shop.shop('GET', `/performances/${show.id}/seats`), 200);
  const block = { seats: [seats[1].id], kind: 'conditional', reason: 'sound desk', value: 2_500 };
  need(await shop.staff('POST', `/performances/${show.id}/blocks`, block), 201);
  assert.is((await fill(show, 1, { seats: [seats[1].id] })).body.code, 'places-taken');
  assert.is((await fill(show, 3)).body.code, 'places-gone');
  const { basket } = need(await fill(show, 2), 201);
  assert.not.ok(basket.items.some(({ seat }: { seat: string }) => seat === seats[1].id));
  const { blocks } = need(await shop.staff('GET', `/performances/${show.id}/blocks`), 200);
  need(await shop.staff('DELETE', `/performances/${show.id}/blocks/${blocks[0].id}`), 204);
  need(await fill(show, 1, { seats: [seats[1].id] }), 201);
});

test('free seating sells up to its capacity', async () => {
  const show = await shop.sell({ capacity: 3 });
  need(await fill(show, 2), 201);
  assert.is((await fill(show, 2)).body.code, 'places-gone');
  need(await fill(show, 1), 201);
});

test('P1: tickets made by hand or imported lower what is free, until they are cancelled', async () => {
  const show = await shop.sell({ capacity: 6 });
  const { ticketing } = shop.house;
  const loose = { status: 'valid' as const, uses: 1, entrances: [], label: {} };
  const byHand = await ticketing.addTicket(show.id, loose);
  const lines = '{"code":"FREE-1"}\n{"code":"FREE-2"}';
  const path = `/performances/${show.id}/tickets/import`;
  const file = Buffer.from(lines);
  need(await shop.staff('POST', path, file, 'application/x-ndjson'), 200);
  const free = async () => need(await shop.shop('GET', `/performances/${show.id}`), 200).free;
  assert.is(await free(), 3);
  const { order, token } = await shop.order(show, 2);
  assert.is(await free(), 1, 'a held place counts once');
  const { payment } = need(
    await shop.shop('POST', `/orders/${order.id}/payments`, { order: token }),
    201,
  );
  need(await shop.shop('POST', `/test-payments/${payment}`, { body: { outcome: 'paid' } }), 200);
  assert.is(await free(), 1, 'a sold ticket as well');
  assert.is((await fill(show, 2)).body.code, 'places-gone');
  await ticketing.changeTicket(byHand.id, { status: 'cancelled' });
  need(await fill(show, 2), 201);
  assert.is(await free(), 0);
});

test('P1: a seat on a ticket made by hand is sold to nobody else', async () => {
  const show = await shop.sell({ lines: 1, seats: 2 });
  const label = { row: 'A', seat: '1' };
  const loose = { status: 'valid' as const, uses: 1, entrances: [], label };
  await shop.house.ticketing.addTicket(show.id, loose);
  assert.is((await fill(show, 2)).body.code, 'places-gone');
  const { basket } = need(await fill(show, 1), 201);
  assert.is(basket.items[0].label.seat, '2');
});

test('P9: blocks lower what free seating has left, for good or until released', async () => {
  const show = await shop.sell({ capacity: 4 });
  const path = `/performances/${show.id}/blocks`;
  const block = (kind: string, count: number) =>
    shop.staff('POST', path, { count, kind, reason: 'camera' });
  need(await block('good', 1), 201);
  need(await block('conditional', 2), 201);
  assert.is((await block('good', 2)).body.code, 'places-taken');
  assert.is((await fill(show, 2)).body.code, 'places-gone');
  const { blocks } = need(await shop.staff('GET', path), 200);
  const free = blocks.find(({ kind }: { kind: string }) => kind === 'conditional');
  need(await shop.staff('DELETE', `${path}/${free.id}`), 204);
  need(await fill(show, 2), 201);
  assert.is((await fill(show, 1)).body.code, 'places-gone');
});

test('P5: the national number is checked by its form and belongs to one performance', async () => {
  const [one, other] = [await shop.sell(), await shop.sell()];
  const put = (id: string, nationalNumber: string) =>
    shop.staff('PATCH', `/performances/${id}/sale`, { nationalNumber });
  assert.is((await put(one.id, 'NL-12')).status, 400);
  need(await put(one.id, 'NL-01-234-5678901|00012'), 200);
  assert.is((await put(other.id, 'NL-01-234-5678901|00012')).body.code, 'national-number-taken');
});

test('P6: a copy takes settings and prices, never sales or the national number', async () => {
  const show = await shop.sell({ sale: { nationalNumber: 'NL-01-2-3|4', priceText: 'From 25' } });
  await shop.order(show, 2);
  const starts = shop.house.clock.now() + 9 * 86_400_000;
  const made = await shop.staff('POST', `/performances/${show.id}/duplicate`, { starts });
  const { id } = need(made, 201);
  const sale = need(await shop.staff('GET', `/performances/${id}/sale`), 200);
  assert.equal(
    [sale.priceText, sale.nationalNumber, sale.open, sale.series],
    ['From 25', null, false, null],
  );
  const { types } = need(await shop.staff('GET', `/performances/${id}/ticket-types`), 200);
  assert.equal(types[0].prices, [{ rank: 'a', validFrom: 0, cents: 2_500 }]);
  assert.is(shop.sale.selling.places.ofPerformance(id).length, 0);
});

test('S7: sale until before the start is taken only when its moment is confirmed', async () => {
  const show = await shop.sell({ secure: true });
  const saleUntil = shop.house.clock.now() + 3_600_000;
  const path = `/performances/${show.id}/sale`;
  const refused = await shop.staff('PATCH', path, { saleUntil });
  assert.is(refused.body.code, 'sale-until-unconfirmed');
  assert.match(refused.body.message, new Date(saleUntil).toISOString());
  need(await shop.staff('PATCH', path, { saleUntil, confirmSaleUntil: saleUntil }), 200);
});

test('S12: a secure performance that is only announced invites to verify', async () => {
  const show = await shop.sell({ secure: true, sale: { open: false } });
  shop.accounts.set('hugo', null);
  const shown = need(await shop.shop('GET', `/performances/${show.id}`, { account: 'hugo' }), 200);
  assert.equal([shown.state, shown.verify], ['announced', 'phone']);
  shop.accounts.set('hugo', '+31612121212');
  const fillIt = { account: 'hugo', ...wish(show, 1) };
  assert.is((await shop.shop('POST', '/basket/places', fillIt)).body.code, 'sale-not-open');
});

test('P10: a secure sale cannot start without tested SMS and portal host; each is named', async () => {
  const bare = await startShop({
    ...{ demonstration: false, portal: false, sms: { enabled: true, tested: false } },
  });
  try {
    const fault = await bare.sell({ secure: true }).catch((cause: Error) => cause.message);
    assert.match(String(fault), 'sms-not-tested, portal-not-answering');
    await bare.sell({ secure: false });
  } finally {
    await bare.stop();
  }
});

test('an order is placed once, however often its basket is sent', async () => {
  const show = await shop.sell();
  const { token: basket } = need(await fill(show, 1), 201);
  const body = newOrder();
  const send = () => shop.shop('POST', '/orders', { basket, body });
  const [one, two] = await Promise.all([send(), send()]);
  assert.is(need(one, 201).order.id, need(two, 201).order.id);
  assert.is(one.body.token, two.body.token);
  const { token: other } = need(await fill(show, 1), 201);
  const reused = await shop.shop('POST', '/orders', { basket: other, body });
  assert.is(reused.body.code, 'order-key-used');
});

test.run();
