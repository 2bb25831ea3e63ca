import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isOwnRequest } from './same-site.ts';

const own = (head: object, names: string[] = []) =>
  isOwnRequest({ method: 'POST', host: 'localhost:8080', ...head }, names);

test('the own page may do things, and so may a program that is no browser', () => {
  assert.ok(own({ origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' }));
  assert.ok(own({}));
});

test('another site may not send here through a visitor’s browser', () => {
  assert.not(own({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }));
  assert.not(own({ origin: 'https://evil.example' }));
  assert.not(own({ 'sec-fetch-site': 'cross-site' }));
  assert.not(own({ origin: 'null' }));
  assert.not(own({ origin: 'http://localhost:9999' }));
});

test('a name of somebody else that points here is refused', () => {
  assert.not(own({ host: 'evil.example:8080', origin: 'http://evil.example:8080' }));
  assert.not(own({ host: undefined }));
});

test('plain addresses and the names given may be used', () => {
  assert.ok(own({ host: '127.0.0.1:8080' }));
  assert.ok(own({ host: '[::1]:8080' }));
  assert.ok(own({ host: 'stand.local:8080' }, ['stand.local']));
});

test('a link from elsewhere may open the page but do nothing', () => {
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  assert.ok(own({ ...link, method: 'GET' }));
  assert.not(own(link));
});

test.run();
