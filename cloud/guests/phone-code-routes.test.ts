import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createServer, makeToken } from '../http/index.ts';
import { phoneCodeRoutes } from './index.ts';
import { PhoneLimits } from './phone-limits.ts';
import { type CodeHouse, MINUTE_MS, startCodes } from './test/code-house.ts';

let house: CodeHouse;
let server: FastifyInstance;
const tokens = { administrator: '', reader: '' };
test.before(async () => {
  house = await startCodes();
  const { store, clock, log, codes } = house;
  const webDir = join(import.meta.dirname, 'nowhere');
  server = await createServer({
    store,
    clock,
    log,
    webDir,
    routes: [phoneCodeRoutes(codes, { note: () => undefined })],
  });
  for (const role of ['administrator', 'reader'] as const) {
    tokens[role] = (await makeToken({ store, clock, random: randomBytes }, role, role)).token;
  }
});
test.after(async () => {
  await server.close();
  await house.stop();
});

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';
async function call(method: Method, path: string, body?: object, token = tokens.administrator) {
  const headers = { authorization: `Bearer ${token}` };
  const url = `/api/v1/sms${path}`;
  const answer = await server.inject({ method, url, headers, ...(body ? { body } : {}) });
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
}

test('limits are read and set whole; what is left out gets its default', async () => {
  assert.equal((await call('GET', '/limits')).body, PhoneLimits.parse({}));
  const set = await call('PUT', '/limits', { perNumber: 5, prefixSends: 1, resendSeconds: [0] });
  assert.equal([set.status, set.body.perNumber, set.body.perTenantDay], [200, 5, 5_000]);
  assert.is(house.codes.limits().perNumber, 5);
});

test('limits that cannot be are refused and change nothing', async () => {
  for (const [body, code] of [
    [{ perNumber: 0 }, 'request-invalid'],
    [{ perNumbre: 3 }, 'request-invalid'],
    [{ failuresInARow: 101 }, 'request-invalid'],
    [{ ownNetworks: ['0.0.0.0/0'] }, 'code-limits-invalid'],
  ] as const) {
    assert.is((await call('PUT', '/limits', body)).body.code, code);
  }
  assert.is(house.codes.limits().perNumber, 5);
});

test('a blocked prefix is listed and let go', async () => {
  await house.ask();
  house.clock.move(5 * MINUTE_MS);
  assert.is(await house.outcome(), 'code-prefix-blocked');
  const { body } = await call('GET', '/prefixes');
  assert.equal(
    body.prefixes.map(({ prefix }: { prefix: string }) => prefix),
    ['+3161234'],
  );
  assert.is((await call('DELETE', `/prefixes/${encodeURIComponent('+3161234')}`)).status, 204);
  assert.is((await call('DELETE', `/prefixes/${encodeURIComponent('+3161234')}`)).status, 404);
  assert.is(await house.outcome(), 'ok');
});

test('a number is let go, and a wrong one is named', async () => {
  const free = await call('POST', '/unblock-number', { phone: '06 12345678' });
  assert.equal(free.body, { wasHeld: false });
  const wrong = await call('POST', '/unblock-number', { phone: '112' });
  assert.equal([wrong.status, wrong.body.code], [422, 'phone-unreadable']);
});

test('a reader sees none of it', async () => {
  for (const path of ['/limits', '/prefixes']) {
    const answer = await call('GET', path, undefined, tokens.reader);
    assert.equal([answer.status, answer.body.code], [403, 'token-role']);
  }
});

test.run();
