import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { need, type Shop, startShop } from '../../test/shop.ts';

const DAY_MS = 86_400_000;
let shop: Shop;
test.before(async () => {
  shop = await startShop();
});
test.after(() => shop.stop());

const begin = async (name: string, performance: string) =>
  need(await shop.staff('POST', '/series', { name, performance }), 201);

test('P6: a new performance of a series starts from its settings, never from its sales', async () => {
  const sale = { nationalNumber: 'NL-01-2-3|9', priceText: 'From 25', basketMax: 7 };
  const show = await shop.sell({ sale });
  const extras = [{ name: 'Wine', cents: 500 }];
  need(await shop.staff('PUT', `/performances/${show.id}/extras`, { extras }), 200);
  await shop.order(show, 2);
  const { id } = await begin('Season', show.id);
  const starts = shop.house.clock.now() + 9 * DAY_MS;
  const made = need(await shop.staff('POST', `/series/${id}/performances`, { starts }), 201);
  const settings = need(await shop.staff('GET', `/performances/${made.id}/sale`), 200);
  assert.equal(
    [settings.priceText, settings.basketMax, settings.nationalNumber, settings.open],
    ['From 25', 7, null, false],
  );
  assert.is(settings.series, id);
  const { types } = need(await shop.staff('GET', `/performances/${made.id}/ticket-types`), 200);
  assert.is(types[0].prices[0].cents, 2_500);
  const copied = need(await shop.staff('GET', `/performances/${made.id}/extras`), 200);
  assert.equal(
    copied.extras.map(({ name, cents }: never) => [name, cents]),
    [['Wine', 500]],
  );
  assert.is(shop.sale.selling.places.ofPerformance(made.id).length, 0);
  const whole = need(await shop.staff('GET', `/series/${id}`), 200);
  assert.equal(
    whole.performances.map((one: { id: string; starts: number }) => [one.id, one.starts]).at(-1),
    [made.id, starts],
  );
});

test('P6: another performance of the series can be its pattern, one outside cannot', async () => {
  const [one, outside] = [await shop.sell(), await shop.sell()];
  const { id } = await begin('Festival', one.id);
  const next = async () => {
    const starts = shop.house.clock.now() + 5 * DAY_MS;
    return need(await shop.staff('POST', `/series/${id}/performances`, { starts }), 201).id;
  };
  const second = await next();
  need(await shop.staff('PATCH', `/performances/${second}/sale`, { priceText: 'Late' }), 200);
  const refused = await shop.staff('PATCH', `/series/${id}`, { pattern: outside.id });
  assert.is(refused.body.code, 'series-pattern-outside');
  need(await shop.staff('PATCH', `/series/${id}`, { name: 'Fest', pattern: second }), 200);
  const third = await next();
  const settings = need(await shop.staff('GET', `/performances/${third}/sale`), 200);
  assert.is(settings.priceText, 'Late');
  const { series } = need(await shop.staff('GET', '/series'), 200);
  const listed = series.find((row: { id: string }) => row.id === id);
  assert.equal(listed, { id, name: 'Fest', pattern: second, performances: 3 });
});

test('P6: a series has its own name, and leaves its performances when it ends', async () => {
  const [one, other] = [await shop.sell(), await shop.sell()];
  const { id } = await begin('Summer', one.id);
  const again = await shop.staff('POST', '/series', { name: 'Summer', performance: other.id });
  assert.is(again.body.code, 'series-name-taken');
  const path = `/performances/${other.id}/sale`;
  assert.is((await shop.staff('PATCH', path, { series: 'none' })).body.code, 'series-unknown');
  need(await shop.staff('PATCH', path, { series: id }), 200);
  need(await shop.staff('DELETE', `/series/${id}`), 204);
  assert.is((await shop.staff('GET', `/series/${id}`)).body.code, 'series-unknown');
  assert.is(need(await shop.staff('GET', path), 200).series, null);
});

test.run();
