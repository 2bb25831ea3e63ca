import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../ports.ts';
import { openStore } from '../store/index.ts';
import { keptLog } from '../test/house.ts';
import { createServer } from './server.ts';

test('built pages are served at /admin/ without a token and without strangers in them', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-pages-'));
  await writeFile(join(dir, 'index.html'), '<title>Gatehouse</title>');
  const store = await openStore(join(dir, 'test.db'), systemClock);
  const parts = { store, clock: systemClock, log: keptLog(), routes: [] };
  const server = await createServer({ ...parts, webDir: dir });
  const page = await server.inject({ url: '/admin/' });
  assert.is(page.statusCode, 200);
  assert.match(page.body, 'Gatehouse');
  assert.match(String(page.headers['content-security-policy']), "default-src 'self'");
  assert.is((await server.inject({ url: '/' })).headers.location, '/admin/');
  const outside = await server.inject({ url: '/admin/..%2f..%2fetc%2fpasswd' });
  assert.is.not(outside.statusCode, 200);
  await server.close();
  const without = await createServer({ ...parts, webDir: join(dir, 'nowhere') });
  assert.is((await without.inject({ url: '/admin/' })).statusCode, 404);
  await without.close();
  await store.stop();
  await rm(dir, { recursive: true, force: true });
});

test.run();
