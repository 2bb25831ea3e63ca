import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../ports.ts';
import { openStore, type Store } from '../store/index.ts';
import { keptLog } from '../test/house.ts';
import { createServer } from './server.ts';
import { tokenRoutes } from './token-routes.ts';
import { createTokenCheck, FAILURES_MAX, makeToken } from './tokens.ts';

let dir: string;
let store: Store;
test.before.each(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-tokens-'));
  store = await openStore(join(dir, 'test.db'), systemClock);
});
test.after.each(async () => {
  await store.stop();
  await rm(dir, { recursive: true, force: true });
});

test('a reader reads and changes nothing; the token itself is not kept', async () => {
  const { token } = await makeToken(
    { store, clock: systemClock, random: randomBytes },
    'screen in the office',
    'reader',
  );
  const server = await createServer({
    store,
    clock: systemClock,
    log: keptLog(),
    webDir: join(dir, 'nowhere'),
    routes: [
      async (api) => {
        api.get('/thing', async () => ({ read: true }));
        api.post('/thing', async () => ({ changed: true }));
      },
    ],
  });
  const headers = { authorization: `Bearer ${token}` };
  const read = await server.inject({ url: '/api/v1/thing', headers });
  assert.is(read.statusCode, 200);
  const write = await server.inject({ method: 'POST', url: '/api/v1/thing', headers });
  assert.equal([write.statusCode, write.json().code], [403, 'token-role']);
  const kept = await store.db.selectFrom('api_tokens').selectAll().execute();
  assert.not.match(JSON.stringify(kept), token);
  await server.close();
});

test('a fault that nobody foresaw is answered without its words', async () => {
  const log = keptLog();
  const { token } = await makeToken(
    { store, clock: systemClock, random: randomBytes },
    'office',
    'administrator',
  );
  const server = await createServer({
    store,
    clock: systemClock,
    log,
    webDir: join(dir, 'nowhere'),
    routes: [
      async (api) => {
        api.get('/broken', async () => {
          throw new Error('secret detail');
        });
      },
    ],
  });
  const headers = { authorization: `Bearer ${token}` };
  const answer = await server.inject({ url: '/api/v1/broken', headers });
  assert.equal([answer.statusCode, answer.json().code], [500, 'http-failed']);
  assert.not.match(answer.body, 'secret');
  assert.is(log.lines[0]?.fields.code, 'http-failed');
  await server.close();
});

test('tokens are made, listed without themselves, and withdrawn, but never the last', async () => {
  const audit = { note: () => undefined };
  const parts = { store, clock: systemClock, random: randomBytes, audit };
  const first = await makeToken(parts, 'office', 'administrator');
  const webDir = join(dir, 'nowhere');
  const server = await createServer({
    ...{ store, clock: systemClock, log: keptLog(), webDir, routes: [tokenRoutes(parts)] },
  });
  const call = (method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) =>
    server.inject({
      ...{ method, url: `/api/v1/tokens${path}`, ...(payload ? { payload } : {}) },
      headers: { authorization: `Bearer ${first.token}` },
    });
  const made = await call('POST', '', { name: 'screen', role: 'reader' });
  assert.is(made.statusCode, 201, made.body);
  const { id, token } = made.json();
  const listed = await call('GET', '');
  assert.equal(
    listed.json().tokens.map(({ name }: { name: string }) => name),
    ['office', 'screen'],
  );
  assert.not.match(listed.body, token);
  assert.is((await call('DELETE', `/${id}`)).statusCode, 204);
  assert.is((await call('DELETE', `/${id}`)).json().code, 'token-not-found');
  assert.is((await call('DELETE', `/${first.id}`)).json().code, 'token-last');
  const withdrawn = await server.inject({
    ...{ url: '/api/v1/tokens', headers: { authorization: `Bearer ${token}` } },
  });
  assert.is(withdrawn.json().code, 'token-unknown');
  await server.close();
});

test('wrong tokens from an address are slowed, a right one from there is still heard', async () => {
  const { token } = await makeToken(
    { store, clock: systemClock, random: randomBytes },
    'a',
    'reader',
  );
  const check = createTokenCheck(store, systemClock);
  const wrong = `Bearer ${'x'.repeat(43)}`;
  const codes = new Set<string>();
  for (let i = 0; i <= FAILURES_MAX; i++) {
    await check.caller(wrong, '10.0.0.1').catch((error) => codes.add(error.code));
  }
  assert.equal([...codes], ['token-unknown', 'token-too-many-failures']);
  const { name, role } = await check.caller(`Bearer ${token}`, '10.0.0.1');
  assert.equal({ name, role }, { name: 'a', role: 'reader' });
});

test.run();
