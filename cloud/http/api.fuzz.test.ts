import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { perform } from '../test/api.ts';
import { startCloud, type WholeCloud } from '../test/whole-cloud.ts';

const SEED = 3;
const RUNS = 700;
let house: WholeCloud | undefined;

test.after(() => house?.stop());

const word = fc.constantFrom(
  ...['title', 'production', 'hall', 'starts', 'ends', 'opens', 'closes', 'secure', 'capacity'],
  ...['offline', 'status', 'uses', 'entrances', 'label', 'code', 'name', 'role', 'lanes', 'note'],
  ...['publicKey', 'expires', 'venue', 'entrance', 'language', '__proto__', 'constructor'],
);
const hostile = fc.constantFrom<unknown>(
  ...[1e308, -1, 2 ** 53, 8.7e15, 0, 1.5, null, true, '', '\ud800', '\0', 'x'.repeat(3_000)],
  ...[[], {}, [[]], 'main', 'entry', 'administrator', 'en', 1_795_300_000_000],
);
const json = fc.oneof(
  hostile,
  fc.dictionary(word, fc.oneof(hostile, fc.array(hostile, { maxLength: 3 })), { maxKeys: 9 }),
);
const text = fc.oneof(
  json.map((value) => JSON.stringify(value) ?? ''),
  fc.string({ unit: 'binary', maxLength: 80 }),
);
const part = fc.oneof(
  fc.constantFrom('..', '%00', '%ff', '%2e%2e', "'--", '0', '-1', '1e999', 'a'.repeat(300)),
  fc.string({ unit: 'binary', maxLength: 12 }).map((raw) => encodeURIComponent(raw.toWellFormed())),
);
const query = fc
  .dictionary(
    fc.constantFrom(
      'limit',
      'after',
      'before',
      'performance',
      'gateway',
      'lane',
      'minutes',
      'status',
    ),
    part,
    { maxKeys: 3 },
  )
  .map((fields) =>
    Object.entries(fields)
      .map(([name, value]) => `${name}=${value}`)
      .join('&'),
  );

test('no request with a good token makes the cloud fail, and every refusal has code and message', async () => {
  house = await startCloud();
  const { api, log } = house;
  const performance = await perform(api);
  const { body: page } = await fetchJson(`${api.base}/api/openapi.json`);
  const routes = Object.entries(page.paths as Record<string, object>)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ path, method })))
    // a stream does not end; the token of the test must not be withdrawn
    .filter(({ path, method }) => !path.endsWith('/stream') && !(method === 'delete'));
  assert.ok(routes.length > 20);
  const type = fc.constantFrom('application/json', 'text/csv', 'application/x-ndjson', 'x/y');
  await fc.assert(
    fc.asyncProperty(
      ...([fc.constantFrom(...routes), fc.boolean(), part, query, text, type] as const),
      async ({ path, method }, known, odd, asked, body, kind) => {
        const filled = path.replace(/\{[^}]+\}/g, () => (known ? performance : odd));
        const headers = { authorization: `Bearer ${api.token}`, 'content-type': kind };
        const { status, body: said } = await fetchJson(
          `${api.base}${filled.startsWith('/api') ? '' : '/api/v1'}${filled}?${asked}`,
          method === 'get'
            ? { headers }
            : { headers, method: method.toUpperCase(), body: body.toWellFormed() },
        );
        const at = `${method} ${path} ${asked} ${body.slice(0, 200)}: ${JSON.stringify(said)?.slice(0, 200)}`;
        assert.ok(status < 500, at);
        if (status >= 400)
          assert.equal([typeof said?.code, typeof said?.message], ['string', 'string'], at);
      },
    ),
    { seed: SEED, numRuns: RUNS },
  );
  assert.equal(
    log.codes().filter((code) => code === 'http-failed'),
    [],
  );
  assert.is((await api.call('GET', '/performances')).status, 200);
});

async function fetchJson(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init);
  const answer = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, body: isJson ? JSON.parse(answer) : undefined };
}

test.run();
