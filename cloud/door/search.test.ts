import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { need, type Shop, startShop } from '../test/shop.ts';
import { createDoorSearch } from './search.ts';

let shop: Shop;
let number = '';
let performance = '';
const question = (words: string, limit = 20) => ({ requestId: crypto.randomUUID(), words, limit });

test.before(async () => {
  shop = await startShop();
  const sold = await shop.sell({ startsIn: 6 * 3_600_000 });
  performance = sold.id;
  ({ number } = await bought(sold, 3, 'Sanne de Boer'));
  await bought(sold, 1, '100% Jansen');
});
async function bought(of: { id: string; type: string }, count: number, name: string) {
  const { order, token } = await shop.order(of, count, { body: { name } });
  const path = `/orders/${order.id}/payments`;
  const { payment } = need(await shop.shop('POST', path, { order: token }), 201);
  need(await shop.shop('POST', `/test-payments/${payment}`, { body: { outcome: 'paid' } }), 200);
  return order as { number: string };
}

test.after(() => shop.stop());

test('tickets are found by part of a name or a whole order number, and by nothing else', () => {
  const { store, clock, log } = shop.house;
  const search = createDoorSearch({ store, clock, log });
  const by = (words: string, halls: string[] = []) => search('gw-1', halls, question(words)).found;
  assert.is(by('de boer').length, 3);
  assert.is(by(number.toLowerCase()).length, 3);
  assert.is(by(number.slice(0, -1)).length, 0, 'a number is whole');
  assert.is(by('0%').length, 1);
  assert.is(by('%%').length, 0);
  assert.is(by('__').length, 0);
  assert.is(by('boer', ['elsewhere']).length, 0);
  const [found] = by('boer');
  assert.equal(
    [found?.holder, found?.order, found?.performance, found?.used, found?.inside],
    ['Sanne de Boer', number, performance, 0, false],
  );
});

test('no more than was asked for come, and the answer says that there are others', () => {
  const { store, clock, log } = shop.house;
  const search = createDoorSearch({ store, clock, log });
  const few = search('gw-1', [], question('boer', 2));
  assert.equal([few.found.length, few.more], [2, true]);
  assert.is(search('gw-1', [], question('boer', 3)).more, false);
});

test('what is not today is not found', () => {
  const { store, clock, log } = shop.house;
  const later = { ...clock, now: () => clock.now() + 90 * 86_400_000 };
  const search = createDoorSearch({ store, clock: later, log });
  assert.is(search('gw-1', [], question('boer')).found.length, 0);
});

test.run();
