import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { need, type Shop, startShop } from '../../test/shop.ts';

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
