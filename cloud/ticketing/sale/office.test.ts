import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { need, newOrder, type Shop, startShop } from '../../test/shop.ts';
import type { PlannedSeat } from '../halls/hall.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
let shop: Shop;
test.before(async () => {
  shop = await startShop();
});
test.after(() => shop.stop());

test('a hall tells where its seats are, and goes only while no performance sells it', async () => {
  const seat = { rank: 'a', row: 'A', number: '1', line: 0, place: 3, wheelchair: true };
  const hall = { name: 'Studio', ranks: [{ id: 'a', name: 'Floor' }], seats: [seat] };
  const { id } = need(await shop.staff('POST', '/halls', hall), 201);
  const { seats } = need(await shop.staff('GET', `/halls/${id}`), 200);
  assert.equal(seats, [{ ...seat, companion: false, door: null, id: seats[0].id }]);
  const show = await shop.sell();
  const { plan } = need(await shop.staff('GET', `/performances/${show.id}/sale`), 200);
  assert.is((await shop.staff('DELETE', `/halls/${plan}`)).body.code, 'hall-in-use');
  need(await shop.staff('DELETE', `/halls/${id}`), 204);
  assert.is((await shop.staff('GET', `/halls/${id}`)).body.code, 'hall-unknown');
  assert.is((await shop.staff('DELETE', `/halls/${id}`)).body.code, 'hall-unknown');
});

/** A hall of this performance, with what changes it. */
async function hallOf(performance: string) {
  const { plan } = need(await shop.staff('GET', `/performances/${performance}/sale`), 200);
  const { id, seats, ...hall } = need(await shop.staff('GET', `/halls/${plan}`), 200);
  const plain = (seats as ({ id: string } & PlannedSeat)[]).map(({ id: _, ...seat }) => seat);
  const change = (body: object) => shop.staff('PATCH', `/halls/${id}`, body);
  const put = (next: readonly PlannedSeat[], ranks = hall.ranks) =>
    change({ plan: { ranks, seats: next } });
  return { id, ids: seats as { id: string; row: string; number: string }[], plain, change, put };
}

test('a hall is renamed and rebuilt: a seat with the same name is the same seat', async () => {
  const show = await shop.sell({ lines: 2, seats: 4 });
  const { id, ids, plain, change, put } = await hallOf(show.id);
  const { token } = await shop.order(show, 2);
  assert.is((await change({ name: 'Grand Hall' })).status, 200);
  const other = need(await shop.staff('POST', '/halls', { name: 'Small Hall' }), 201);
  const taken = await shop.staff('PATCH', `/halls/${other.id}`, { name: 'Grand Hall' });
  assert.equal([taken.status, taken.body.code], [409, 'hall-name-taken']);
  const ranks = [
    { id: 'front', name: 'Orchestra' },
    { id: 'a', name: 'Stalls' },
  ];
  const pit = [0, 1, 2].map((place) => ({
    ...{ rank: 'front', row: 'Pit', number: String(place + 1), line: 0, place },
    ...{ wheelchair: false, companion: false, door: 'South' },
  }));
  const moved = plain
    .filter(({ row, number }) => `${row}${number}` !== 'B4')
    .map((seat) => ({ ...seat, line: seat.line + 1, wheelchair: seat.row === 'B' }));
  const built = need(await put([...pit, ...moved], ranks), 200);
  assert.equal([built.name, built.ranks, built.seats.length], ['Grand Hall', ranks, 10]);
  for (const { id: seat, row, number } of built.seats as typeof ids) {
    const before = ids.find((one) => one.row === row && one.number === number);
    assert.is(seat, before?.id ?? seat, `${row} ${number}`);
  }
  const { seats } = need(await shop.shop('GET', `/performances/${show.id}/seats`), 200);
  assert.is(seats.length, 10, 'the shop sells the hall as it is now');
  assert.is(seats.filter(({ free }: { free: boolean }) => !free).length, 2);
  const again = need(await shop.staff('GET', `/halls/${id}`), 200);
  assert.equal(again.seats, built.seats);
  const twice = await put([...pit, ...pit], ranks);
  assert.is(twice.body.code, 'hall-seats-twice');
  const rankless = await put(pit, [{ id: 'a', name: 'Stalls' }]);
  assert.is(rankless.body.code, 'request-invalid');
  assert.ok(token);
});

test('what is sold, held, blocked or made by hand for a performance to come stays', async () => {
  const show = await shop.sell({ lines: 1, seats: 6, cents: 0 });
  const { ids, plain, put } = await hallOf(show.id);
  const seat = (n: number) => ids[n - 1]?.id as string;
  const wish = (n: number) => ({
    body: { performance: show.id, tickets: [{ type: show.type, count: 1 }], seats: [seat(n)] },
  });
  const sold = need(await shop.shop('POST', '/basket/places', wish(1)), 201);
  const order = { basket: sold.token, body: newOrder() };
  const { order: made, token } = need(await shop.shop('POST', '/orders', order), 201);
  need(await shop.shop('POST', '/basket/places', wish(2)), 201);
  const block = { seats: [seat(3)], kind: 'good', reason: 'broken', value: 0 };
  need(await shop.staff('POST', `/performances/${show.id}/blocks`, block), 201);
  const loose = { status: 'valid' as const, uses: 1, entrances: [] };
  await shop.house.ticketing.addTicket(show.id, { ...loose, label: { row: 'A', seat: '4' } });

  const refused = await put([]);
  assert.equal([refused.status, refused.body.code], [409, 'hall-seats-taken']);
  assert.is(refused.body.details.seats, 'A 1, A 2, A 3, A 4');
  for (const n of [1, 2, 3, 4]) {
    const without = await put(plain.filter(({ number }) => number !== String(n)));
    assert.is(without.body.details.seats, `A ${n}`);
    const dearer = plain.map((one) => (one.number === String(n) ? { ...one, rank: 'b' } : one));
    const both = [
      { id: 'a', name: 'Parterre' },
      { id: 'b', name: 'Balcony' },
    ];
    assert.is((await put(dearer, both)).body.details.seats, `A ${n}`);
  }
  assert.is((await hallOf(show.id)).plain.length, 6, 'nothing was taken away');
  need(await put(plain.filter(({ number }) => Number(number) < 5)), 200);

  shop.house.clock.move(2 * 86_400_000);
  need(await put([]), 200);
  const kept = need(await shop.shop('GET', `/orders/${made.id}`, { order: token }), 200);
  assert.equal([kept.state, kept.items[0].label.seat], ['confirmed', '1'], 'and is still sold');
  const path = `/orders/${made.id}/tickets.pdf`;
  need(await shop.shop('GET', path, { order: token }), 200);
});

test('a payment that comes when its seat was taken out of the hall goes back', async () => {
  const show = await shop.sell({ lines: 1, seats: 2 });
  const { plain, put } = await hallOf(show.id);
  const { order, token } = await shop.order(show, 1);
  const pays = { order: token };
  const { payment } = need(await shop.shop('POST', `/orders/${order.id}/payments`, pays), 201);
  shop.house.clock.move(16 * 60_000);
  need(await put(plain.filter((seat) => seat.number !== order.items[0].label.seat)), 200);
  need(await shop.shop('POST', `/test-payments/${payment}`, { body: { outcome: 'paid' } }), 200);
  const { state } = need(await shop.shop('GET', `/orders/${order.id}`, { order: token }), 200);
  assert.is(state, 'expired');
  assert.is(shop.sale.payments.store.refundsOf(order.id).length, 1);
});

test('P7: surcharges of one performance and of all are read as they were set, apart', async () => {
  const show = await shop.sell();
  const own = [{ name: 'Cloakroom', per: 'ticket', cents: 150 }];
  const all = [{ name: 'Early bird', per: 'order', cents: -500 }];
  need(await shop.staff('PUT', `/performances/${show.id}/surcharges`, { surcharges: own }), 204);
  need(await shop.staff('PUT', '/surcharges', { surcharges: all }), 204);
  const path = `/performances/${show.id}/surcharges`;
  assert.equal(need(await shop.staff('GET', path), 200).surcharges, own);
  assert.equal(need(await shop.staff('GET', '/surcharges'), 200).surcharges, all);
  need(await shop.staff('PUT', '/surcharges', { surcharges: [] }), 204);
  const unknown = await shop.staff('GET', '/performances/none/surcharges');
  assert.is(unknown.body.code, 'performance-unknown');
});

test('P4: the token of a kiosk is shown once, and refused once it was withdrawn', async () => {
  const { id, token } = need(await shop.staff('POST', '/channels', { name: 'Foyer' }), 201);
  const { channels } = need(await shop.staff('GET', '/channels'), 200);
  assert.equal(Object.keys(channels[0]).sort(), ['created', 'id', 'kind', 'name']);
  assert.is(channels[0].id, id);
  need(await shop.shop('GET', '/performances', { channel: token }), 200);
  need(await shop.staff('DELETE', `/channels/${id}`), 204);
  const refused = await shop.shop('GET', '/performances', { channel: token });
  assert.is(refused.body.code, 'channel-unknown');
  need(await shop.staff('DELETE', `/channels/${id}`), 204);
  assert.equal(need(await shop.staff('GET', '/channels'), 200).channels, []);
});

test('P9: many blocked places are released together, or none of them', async () => {
  const show = await shop.sell({ capacity: 20 });
  const path = `/performances/${show.id}/blocks`;
  const blocked = { count: 5, kind: 'conditional', reason: 'press', value: 1_000 };
  need(await shop.staff('POST', path, blocked), 201);
  const { blocks } = need(await shop.staff('GET', path), 200);
  const ids = blocks.map(({ id }: { id: string }) => id);
  const foreign = await shop.staff('POST', `${path}/release`, { blocks: [...ids, 'none'] });
  assert.is(foreign.body.code, 'places-invalid');
  const release = { blocks: [...ids.slice(0, 3), ids[0]] };
  assert.is(need(await shop.staff('POST', `${path}/release`, release), 200).released, 3);
  assert.is(need(await shop.staff('GET', path), 200).blocks.length, 2);
  const shown = need(await shop.shop('GET', `/performances/${show.id}`), 200);
  assert.is(shown.free, 18);
});

test('S4: a background is listed, looked at, and seen on an example that opens nothing', async () => {
  assert.equal(need(await shop.staff('GET', '/ticket-backgrounds'), 200).backgrounds, []);
  const none = await shop.staff('GET', '/ticket-backgrounds/secure');
  assert.is(none.body.code, 'background-unknown');
  need(await shop.staff('PUT', '/ticket-backgrounds/secure', PNG, 'image/png'), 204);
  const { backgrounds } = need(await shop.staff('GET', '/ticket-backgrounds'), 200);
  assert.equal(
    [backgrounds.length, backgrounds[0].kind, backgrounds[0].bytes],
    [...[1, 'secure', PNG.length]],
  );
  const picture = need(await shop.staff('GET', '/ticket-backgrounds/secure'), 200);
  assert.ok(PNG.equals(picture));
  for (const kind of ['standard', 'secure']) {
    const pdf = need(await shop.staff('GET', `/ticket-backgrounds/${kind}/example.pdf`), 200);
    assert.is(pdf.subarray(0, 5).toString(), '%PDF-');
  }
});

test.run();
