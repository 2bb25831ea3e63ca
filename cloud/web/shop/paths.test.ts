import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ownPath, placeOf, safeReturn } from './paths.ts';

test('a path names one place of the shop', () => {
  assert.equal(placeOf('/shop/'), { page: 'performances' });
  assert.equal(placeOf('/shop'), { page: 'performances' });
  assert.equal(placeOf('/shop/performances/p1'), { page: 'performance', id: 'p1' });
  assert.equal(placeOf('/shop/orders/o1/'), { page: 'order', id: 'o1' });
  assert.equal(placeOf('/shop/test-payment/t1'), { page: 'test-payment', id: 't1' });
  assert.equal(placeOf('/shop/basket'), { page: 'basket' });
});

test('what the shop does not know is missing, also names that every object has', () => {
  const unknown = ['/shop/what', '/shop/constructor/x', '/shop/orders/a/b', '/admin/', '/shopping'];
  for (const path of unknown) assert.is(placeOf(path).page, 'missing', path);
});

test('links of texts to the account stay in the shop, others lead where they say', () => {
  const origin = 'https://kade.example';
  assert.is(ownPath('/account', origin), '/shop/account');
  assert.is(ownPath('https://kade.example/login', origin), '/shop/login');
  assert.is(ownPath('/shop/basket', origin), '/shop/basket');
  for (const other of ['https://elsewhere.example/account', '/admin/', 'mailto:a@b.example']) {
    assert.is(ownPath(other, origin), undefined, other);
  }
  assert.is(ownPath('/shop/api/v1/performances', origin), undefined);
});

test('the page to go back to is one of the shop itself, and not a login', () => {
  assert.is(safeReturn('/shop/performances/p1'), '/shop/performances/p1');
  for (const path of [
    '//evil.example/shop/',
    'https://evil.example',
    '/shop/login',
    '/shop/link',
  ]) {
    assert.is(safeReturn(path), undefined, path);
  }
});

test.run();
