import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../ports.ts';
import { openStore } from '../store/index.ts';
import { keptLog } from '../test/house.ts';
import type { HostSettings } from './hosts.ts';
import { createServer, type ServerParts } from './server.ts';

async function serve(hosts: HostSettings, more: Partial<ServerParts> = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-hosts-'));
  const store = await openStore(join(dir, 'test.db'), systemClock);
  const server = await createServer({
    ...{ store, clock: systemClock, log: keptLog(), routes: [], hosts },
    webDir: join(dir, 'nowhere'),
    open: [
      async (open) => {
        open.get('/shop/', async () => 'shop');
        open.get('/account/api/v1/who', async (request) => ({
          ip: request.ip,
          host: request.host,
          protocol: request.protocol,
        }));
      },
    ],
    portal: [
      async (portal) => {
        portal.get('/portal/', async () => 'portal');
        portal.get('/portal/api/v1/tickets', async () => ({ tickets: [] }));
      },
    ],
    ...more,
  });
  const ask = (host: string, url: string, headers = {}) =>
    server.inject({ url, headers: { host, ...headers } });
  const stop = async () => {
    await server.close();
    await store.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { ask, stop };
}

test('P11 the portal host serves only the portal, and an unknown host gets nothing', async () => {
  const { ask, stop } = await serve({ shop: ['shop.test'], portal: 'portal.test' });
  assert.is((await ask('shop.test', '/shop/')).body, 'shop');
  assert.is((await ask('SHOP.test:8081', '/shop/')).body, 'shop');
  assert.is((await ask('portal.test', '/portal/')).body, 'portal');
  assert.is((await ask('portal.test', '/')).headers.location, '/portal/');
  for (const [host, url] of [
    ['portal.test', '/shop/'],
    ['portal.test', '/api/v1/performances'],
    ['portal.test', '/api/openapi.json'],
    ['portal.test', '/admin/'],
    ['portal.test', '/healthz'],
    ['portal.test', '/nothing'],
    ['shop.test', '/portal/'],
    ['shop.test', '/portal/api/v1/tickets'],
    ['elsewhere.test', '/'],
    ['elsewhere.test', '/shop/'],
    ['elsewhere.test', '/portal/'],
    ['elsewhere.test', '/api/v1/performances'],
    ['elsewhere.test', '/nothing'],
    ['elsewhere.test', '/%E0%A4%A'],
    ['shop.test.elsewhere.test', '/shop/'],
    ['', '/shop/'],
  ] as const) {
    const answer = await ask(host, url);
    assert.equal([answer.statusCode, answer.body], [404, ''], `${host}${url}`);
    const ours = Object.keys(answer.headers).filter(
      (name) => !['content-length', 'date', 'connection'].includes(name),
    );
    assert.equal(ours, [], `${host}${url}`);
  }
  await stop();
});

test('S5 without a name of its own the portal is a path of the single host', async () => {
  const { ask, stop } = await serve({ shop: [] });
  for (const host of ['127.0.0.1:8081', 'anything.test']) {
    assert.is((await ask(host, '/shop/')).body, 'shop');
    assert.is((await ask(host, '/portal/')).body, 'portal');
  }
  await stop();
});

test('each family of pages has its own policy, and no answer of an API is kept', async () => {
  const { ask, stop } = await serve({ shop: [] });
  const policyOf = async (url: string) =>
    String((await ask('a.test', url)).headers['content-security-policy']);
  assert.match(await policyOf('/portal/'), "worker-src 'self'");
  assert.not.match(await policyOf('/shop/'), 'unsafe-inline');
  assert.match(await policyOf('/portal/api/v1/tickets'), "default-src 'none'");
  const api = await ask('a.test', '/portal/api/v1/tickets');
  assert.is(api.headers['cache-control'], 'no-store');
  assert.is(api.headers['x-content-type-options'], 'nosniff');
  assert.is(api.headers['strict-transport-security'], undefined);
  await stop();
});

test('a proxy’s word for address, host and TLS counts only where the proxy is named', async () => {
  const forwarded = {
    'x-forwarded-for': '198.51.100.4',
    'x-forwarded-host': 'shop.test',
    'x-forwarded-proto': 'https',
  };
  const plain = await serve({ shop: [] });
  const distrusted = await plain.ask('inner', '/account/api/v1/who', forwarded);
  assert.equal(distrusted.json(), { ip: '127.0.0.1', host: 'inner', protocol: 'http' });
  await plain.stop();
  const behind = await serve({ shop: ['shop.test'] }, { trustProxy: ['127.0.0.1'] });
  const trusted = await behind.ask('inner', '/account/api/v1/who', forwarded);
  assert.equal(trusted.json(), { ip: '198.51.100.4', host: 'shop.test', protocol: 'https' });
  assert.match(String(trusted.headers['strict-transport-security']), 'max-age=');
  assert.is((await behind.ask('inner', '/shop/')).statusCode, 404);
  await behind.stop();
});

test.run();
