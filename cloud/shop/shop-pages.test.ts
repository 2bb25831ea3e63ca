import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createServer } from '../http/index.ts';
import { type House, startHouse } from '../test/house.ts';
import { shopPages } from './shop-pages.ts';

let dir: string;
let house: House;
let server: FastifyInstance;

test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-shop-'));
  await writeFile(join(dir, 'index.html'), '<title>shop</title>');
  house = await startHouse();
  const pages = shopPages({
    ...{ clock: house.clock, timeZone: 'Europe/Brussels', webDir: dir },
    name: async () => 'De Kade',
    pays: () => 'test',
    text: async (name, language) => `<p>${name} ${language}</p>`,
  });
  const { store, clock, log } = house;
  const hosts = { shop: ['kade.example'], portal: 'portal.kade.example' };
  server = await createServer({
    ...{ store, clock, log, hosts, routes: [], open: [pages], webDir: dir },
  });
});
test.after(async () => {
  await server.close();
  await house.stop();
  await rm(dir, { recursive: true, force: true });
});

const get = (url: string, host = 'kade.example') => server.inject({ url, headers: { host } });

test('every path of the shop is its one page, under a policy without anything from elsewhere', async () => {
  for (const path of ['', 'performances/p1', 'basket', 'orders/o1', 'test-payment/t', 'link']) {
    const answer = await get(`/shop/${path}`);
    assert.equal([answer.statusCode, answer.body], [200, '<title>shop</title>'], path);
    const policy = String(answer.headers['content-security-policy']);
    assert.match(policy, "default-src 'self'");
    assert.not.match(policy, 'unsafe');
  }
  assert.is((await get('/shop/nowhere')).statusCode, 404);
});

test('short paths of mails and texts lead into the shop', async () => {
  const to = async (path: string) => (await get(path)).headers.location;
  assert.is(await to('/account/link'), '/shop/link');
  assert.is(await to('/account'), '/shop/account');
  assert.is(await to('/login'), '/shop/login');
  assert.is(await to('/shop'), '/shop/');
});

test('the bare name leads guests to the shop, also where staff have their pages', async () => {
  assert.is((await get('/')).headers.location, '/shop/');
  assert.is((await get('/admin')).headers.location, '/admin/');
  const portal = await get('/', 'portal.kade.example');
  assert.equal([portal.statusCode, portal.headers.location], [302, '/portal/'], 'P11');
  assert.is((await get('/', 'elsewhere.example')).statusCode, 404);
});

test('the house says its name, zone and clock, and whether money moves', async () => {
  const before = house.clock.now();
  const { now, ...said } = (await get('/shop/api/v1/house')).json();
  assert.equal(said, { name: 'De Kade', timeZone: 'Europe/Brussels', pays: 'test' });
  assert.ok(now >= before && now <= house.clock.now());
});

test('M3: explanation texts are given by name and language, others are not', async () => {
  const text = await get('/shop/api/v1/texts/payment-secure?language=en');
  assert.equal(text.json(), { html: '<p>payment-secure en</p>' });
  assert.is((await get('/shop/api/v1/texts/order-confirmation')).statusCode, 400);
});

test('P11: neither the portal’s host nor an unknown one has the shop', async () => {
  for (const host of ['portal.kade.example', 'elsewhere.example']) {
    assert.is((await get('/shop/', host)).statusCode, 404);
    assert.is((await get('/shop/api/v1/house', host)).statusCode, 404);
  }
});

test.run();
