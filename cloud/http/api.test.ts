import { generateKeyPairSync } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { perform } from '../test/api.ts';
import { startCloud, type WholeCloud } from '../test/whole-cloud.ts';
import { FAILURES_MAX } from './tokens.ts';

const HOUR = 3_600_000;
let whole: WholeCloud;
test.before.each(async () => {
  whole = await startCloud();
});
test.after.each(() => whole.stop());

const call: WholeCloud['api']['call'] = (...given) => whole.api.call(...given);

test('P13 admission opens an hour before the start and closes at the end, or an hour after', async () => {
  const starts = Date.now();
  const open = await call('GET', `/performances/${await perform(whole.api, { starts })}`);
  assert.equal([open.body.opens, open.body.closes], [starts - HOUR, starts + HOUR]);
  const ends = starts + 3 * HOUR;
  const id = await perform(whole.api, { starts, ends });
  assert.is((await call('GET', `/performances/${id}`)).body.closes, ends);
  const moved = await call('PATCH', `/performances/${id}`, { opens: starts - 2 * HOUR });
  assert.equal([moved.body.opens, moved.body.closes], [starts - 2 * HOUR, ends]);
});

test('S13 secure tickets are refused without the cloud unless an administrator says otherwise', async () => {
  const id = await perform(whole.api, { secure: true });
  assert.is((await call('GET', `/performances/${id}`)).body.offline, 'refuse');
  const changed = await call('PATCH', `/performances/${id}`, { offline: 'staff' });
  assert.is(changed.body.offline, 'staff');
});

test('times that do not follow each other, and unknown things, are named', async () => {
  const id = await perform(whole.api);
  const wrong = await call('PATCH', `/performances/${id}`, { ends: 5 });
  assert.equal([wrong.status, wrong.body.code], [422, 'performance-times-invalid']);
  const field = await call('PATCH', `/performances/${id}`, { hall: 3 });
  assert.equal([field.status, field.body.code], [400, 'request-invalid']);
  assert.match(field.body.message, 'hall');
  const nobody = await call('GET', '/tickets/nobody');
  assert.equal([nobody.status, nobody.body.code], [404, 'ticket-unknown']);
  const nothing = await call('GET', '/nothing');
  assert.equal([nothing.status, nothing.body.code], [404, 'route-unknown']);
});

test('a code is answered once and is nowhere in the API or the log afterwards', async () => {
  const id = await perform(whole.api);
  const made = await call('POST', `/performances/${id}/tickets`, { type: 'adult', row: 'A' });
  assert.is(made.status, 201);
  assert.match(made.body.code, /^R[0-9A-HJKMNP-TV-Z]{16}$/);
  const later = [
    await call('GET', `/tickets/${made.body.id}`),
    await call('GET', `/performances/${id}/tickets`),
  ];
  assert.equal(later[0]?.body.label, { type: 'adult', row: 'A' });
  assert.not.match(JSON.stringify([later, whole.log.lines]), made.body.code);
});

test('tickets are listed in pages and found by status', async () => {
  const id = await perform(whole.api);
  const ids = [];
  for (let n = 0; n < 5; n++) {
    ids.push((await call('POST', `/performances/${id}/tickets`, {})).body.id);
  }
  const seen: string[] = [];
  let after = '';
  for (let pages = 0; pages < 5; pages++) {
    const { body } = await call('GET', `/performances/${id}/tickets?limit=2${after}`);
    seen.push(...body.tickets.map((ticket: { id: string }) => ticket.id));
    if (body.next === null) break;
    after = `&after=${body.next}`;
  }
  assert.equal(seen, ids.sort());
  await call('PATCH', `/tickets/${ids[0]}`, { status: 'blocked' });
  const blocked = await call('GET', `/performances/${id}/tickets?status=blocked`);
  assert.equal(
    blocked.body.tickets.map((ticket: { id: string }) => ticket.id),
    [ids[0]],
  );
});

test('a phone’s key is bound, the same key again changes nothing, another one supersedes', async () => {
  const id = await perform(whole.api, { secure: true });
  const { body: ticket } = await call('POST', `/performances/${id}/tickets`, {});
  assert.is(ticket.kind, 'secure');
  assert.is(ticket.code, undefined);
  const newKey = (namedCurve = 'P-256') =>
    generateKeyPairSync('ec', { namedCurve })
      .publicKey.export({ format: 'der', type: 'spki' })
      .toString('base64');
  const bind = (publicKey: string) => call('POST', `/tickets/${ticket.id}/key`, { publicKey });
  const first = newKey();
  const bound = await bind(first);
  assert.is(bound.body.generation, 1);
  assert.is(bound.body.performance.id, id);
  assert.match(bound.body.handle, /^[0-9a-f]{10}$/);
  assert.is((await bind(first)).body.generation, 1);
  assert.is((await bind(newKey())).body.generation, 2);
  for (const wrong of [newKey('P-384'), 'AAAA']) {
    assert.equal([(await bind(wrong)).status, (await bind(wrong)).body.code], [422, 'key-invalid']);
  }
  const regular = await perform(whole.api);
  const paper = await call('POST', `/performances/${regular}/tickets`, {});
  const refused = await call('POST', `/tickets/${paper.body.id}/key`, { publicKey: first });
  assert.is(refused.body.code, 'ticket-not-secure');
});

test('an import answers what came in; a bad one names row and column', async () => {
  const id = await perform(whole.api);
  const path = `/performances/${id}/tickets/import`;
  const csv = { 'content-type': 'text/csv; charset=utf-8' };
  const good = await call('POST', path, 'code,row\nA-1,1\nA-2,2\n', csv);
  assert.equal(good.body, { imported: 2, guessable: 2 });
  const bad = await call('POST', path, 'code,uses\nA-3,many\n', csv);
  assert.is(bad.status, 422);
  assert.match(bad.body.message, /^Nothing was imported/);
  assert.equal(bad.body.details.faults, [{ row: 2, column: 'uses', fault: 'is not a number' }]);
  const lines = { 'content-type': 'application/x-ndjson' };
  assert.is((await call('POST', path, '{"code":"B-1"}\n', lines)).body.imported, 1);
  const other = await call('POST', path, 'x', { 'content-type': 'text/plain' });
  assert.is(other.status, 415);
});

test('without a token, or with a wrong one, nothing is answered', async () => {
  const ask = (headers: Record<string, string>, method = 'GET') =>
    fetch(`${whole.api.base}/api/v1/performances`, { method, headers });
  const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code;
  const missing = await ask({});
  assert.equal([missing.status, await codeOf(missing)], [401, 'token-missing']);
  const wrong = { authorization: `Bearer ${'x'.repeat(43)}` };
  const unknown = await ask(wrong);
  assert.equal([unknown.status, await codeOf(unknown)], [401, 'token-unknown']);
  for (let n = 1; n < FAILURES_MAX; n++) await ask(wrong);
  const blocked = await ask(wrong);
  assert.equal([blocked.status, await codeOf(blocked)], [429, 'token-too-many-failures']);
  assert.is((await ask({ authorization: `Bearer ${whole.api.token}` })).status, 200);
  whole.clock.move(61_000);
  assert.is(await codeOf(await ask(wrong)), 'token-unknown');
  assert.not.match(JSON.stringify(whole.log.lines), whole.api.token);
});

test('the OpenAPI description names every route and needs no token', async () => {
  const response = await fetch(`${whole.api.base}/api/openapi.json`);
  const description = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, { responses: object; parameters?: { in: string }[] }>>;
  };
  assert.is(description.openapi, '3.1.0');
  for (const [path, methods] of [
    ['/api/v1/productions', ['get', 'post']],
    ['/api/v1/performances', ['get', 'post']],
    ['/api/v1/performances/{id}', ['get', 'patch']],
    ['/api/v1/performances/{id}/tickets', ['get', 'post']],
    ['/api/v1/performances/{id}/tickets/import', ['post']],
    ['/api/v1/tickets/{id}', ['get', 'patch']],
    ['/api/v1/tickets/{id}/key', ['post']],
    ['/api/v1/beacon', ['get']],
    ['/api/v1/scans', ['get']],
    ['/api/v1/scans/stream', ['get']],
    ['/api/v1/admissions', ['get']],
    ['/api/v1/gateways', ['get']],
    ['/api/v1/config-codes', ['get', 'post']],
  ] as const) {
    for (const method of methods) {
      const operation = description.paths[path]?.[method];
      assert.ok(operation, `${method} ${path}`);
      assert.ok(Object.keys(operation?.responses ?? {}).length > 0, `${method} ${path}`);
    }
  }
});

test('the server says that it lives', async () => {
  const response = await fetch(`${whole.api.base}/healthz`);
  assert.equal(await response.json(), { ok: true });
});

test.run();
