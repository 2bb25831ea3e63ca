import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatehouseError } from '@gatehouse/protocol';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfig } from './config.ts';

const SEED = 3;
const RUNS = 600;
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-config-'));
const file = join(folder, 'gateway.json');

test.after(() => rmSync(folder, { recursive: true, force: true }));

/** Reads a file with these bytes; gives the code of its refusal. */
async function refusal(bytes: Uint8Array | string): Promise<string | undefined> {
  writeFileSync(file, bytes);
  try {
    await readConfig(file);
    return undefined;
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    assert.type(error.message, 'string');
    return error.code;
  }
}

const CODES = [undefined, 'config-unreadable', 'config-invalid'];
const lane = { turnstile: { kind: 'arduino', path: 'tcp://127.0.0.1:1' } };
const good = { data: 'data', web: { port: 0 }, peers: { addresses: ['a:1'] }, lanes: [lane] };
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(1e308, -1, 0.5, '\ud800', '', 'x'.repeat(5_000), null, [], {}),
);
const path = fc.constantFrom(
  ...[['data'], ['web'], ['web', 'host'], ['web', 'port'], ['lanes'], ['lanes', '0']],
  ...['camera', 'scanners', 'turnstile', 'more'].map((field) => ['lanes', '0', field]),
  ...['kind', 'path', 'pins', 'maximumPulse'].map((at) => ['lanes', '0', 'turnstile', at]),
  ...['enabled', 'host', 'port', 'addresses', 'mdns', 'more'].map((field) => ['peers', field]),
  ...[['peers'], ['peers', 'addresses', '0'], ['peers', '__proto__']],
  ...[['__proto__'], ['constructor'], ['web', '__proto__']],
);

function withValue(at: readonly string[], put: unknown): string {
  const whole = structuredClone(good) as Record<string, unknown>;
  let here: Record<string, unknown> = whole;
  for (const step of at.slice(0, -1)) here = here[step] as Record<string, unknown>;
  const last = at.at(-1) as string;
  Object.defineProperty(here, last, { value: put, enumerable: true, configurable: true });
  return JSON.stringify(whole);
}

test('the file that the others are made of is good', async () => {
  assert.is(await refusal(JSON.stringify(good)), undefined);
});

test('any bytes are a configuration or refused with a code', async () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.json().map((text) => Buffer.from(text)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (one) => assert.ok(CODES.includes(await refusal(one)))),
    { seed: SEED, numRuns: RUNS },
  );
});

test('one hostile value anywhere is taken or refused with its field, and pollutes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(path, value, async (at, put) => {
      assert.ok(CODES.includes(await refusal(withValue(at, put))));
      assert.equal(Object.keys(Object.prototype), []);
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('JSON without an end to its nesting is refused', async () => {
  assert.is(await refusal('['.repeat(200_000)), 'config-unreadable');
  assert.is(await refusal(`{"data":${'['.repeat(3_000)}${']'.repeat(3_000)}}`), 'config-invalid');
});

test.run();
