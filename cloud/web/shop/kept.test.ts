import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createKept, newKey, ORDERS_KEPT_MAX, RETURN_MS } from './kept.ts';

function start(values = new Map<string, string>()) {
  let now = 1_000;
  const storage = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
  return { kept: createKept(storage, () => now), values, pass: (ms: number) => (now += ms) };
}

test('tokens of the last orders are kept, the oldest is forgotten', () => {
  const { kept } = start();
  for (let n = 0; n <= ORDERS_KEPT_MAX; n++) kept.addOrder(`o${n}`, `t${n}`);
  assert.is(kept.orderToken('o0'), undefined);
  assert.is(kept.orderToken('o1'), 't1');
  kept.addOrder('o1', 'new');
  assert.is(kept.orderToken('o1'), 'new');
});

test('the page to go back to is forgotten after half an hour', () => {
  const { kept, pass } = start();
  kept.setReturn('/shop/performances/p');
  pass(RETURN_MS - 1);
  assert.is(kept.returnTo(), '/shop/performances/p');
  pass(1);
  assert.is(kept.returnTo(), undefined);
});

test('what is damaged counts as not kept', () => {
  const { kept } = start(new Map([['gatehouse-basket', '{"token":']]));
  assert.is(kept.basket(), undefined);
});

test('a browser that keeps nothing does not stop a visit', () => {
  const refuse = () => {
    throw new Error('full');
  };
  const warn = console.warn;
  console.warn = () => undefined;
  const kept = createKept({ getItem: refuse, setItem: refuse, removeItem: refuse }, () => 0);
  kept.setBasket({ token: 't', key: 'k' });
  assert.is(kept.basket(), undefined);
  console.warn = warn;
});

test('keys are long and never the same', () => {
  assert.match(newKey(), /^[0-9a-f]{32}$/);
  assert.is.not(newKey(), newKey());
});

test.run();
