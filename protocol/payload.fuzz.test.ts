import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { protocolErrors } from './error-table.ts';
import { GatehouseError } from './errors.ts';
import { decode } from './payload.ts';
import { type NameOf, TOPICS, type Way } from './topics.ts';

const SEED = 3;
const RUNS = 3_000;
const topics = (Object.keys(TOPICS) as Way[]).flatMap((way) =>
  Object.keys(TOPICS[way]).map((name) => ({ way, name: name as NameOf<Way> })),
);

/** The names that the messages use, so that hostile values reach every field. */
const names = [
  ...['scanId', 'lane', 'code', 'direction', 'at', 'attempt', 'deadlineMs', 'passageMs', 'wall'],
  ...['mono', 'boot', 'offset', 'uncertainty', 'quality', 'verdict', 'key', 'details', 'grant'],
  ...['kind', 'epoch', 'rows', 'seq', 'previous', 'digest', 'body', 'upTo', 'parked', 'cursor'],
  ...['requestId', 'limit', 'from', 'more', 'performances', 'tickets', 'beat', 'software'],
  ...['queue', 'lanes', 'state', 'topic', 'message', '__proto__', 'constructor', 'prototype'],
];
const hostile = fc.constantFrom<unknown>(
  ...[1e308, -1e308, 2 ** 53, -0, 0.1, '\ud800', '\udfff\ud800', '\0', 'x'.repeat(600), null],
  ...[true, [], {}, [[[[]]]], '2026-11-21', '019aa8d0-0000-7000-8000-000000000000', 'entry'],
  ...['passed', 'ok', 'a'.repeat(64), 'trusted', 'intent', 1, 1_800_000_000_000],
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    hostile,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.constantFrom(...names), tie('value')), { maxLength: 12 }).map((fields) => {
      const made = {};
      for (const [name, of] of fields) {
        Object.defineProperty(made, name, { value: of, enumerable: true, configurable: true });
      }
      return made;
    }),
  ),
}));

function outcome(way: Way, name: NameOf<Way>, payload: Uint8Array): object | string {
  try {
    return decode(way, name as never, payload) as object;
  } catch (error) {
    if (error instanceof GatehouseError && error.code in protocolErrors) return error.code;
    throw error;
  }
}

test('hostile values under the names of ours are a message or an error, and pollute nothing', () => {
  fc.assert(
    fc.property(fc.constantFrom(...topics), value, ({ way, name }, sent) => {
      const text = Buffer.from(JSON.stringify(sent));
      const got = outcome(way, name, 'gzip' in TOPICS[way] ? gzipSync(text) : text);
      if (typeof got === 'object') assert.is(Object.getPrototypeOf(got), Object.prototype);
      outcome(way, name, gzipSync(text));
      assert.equal(Object.keys(Object.prototype), []);
      assert.is(({} as { scanId?: unknown }).scanId, undefined);
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('gzip that is cut off or changed anywhere is an error of the table', () => {
  const page = gzipSync(JSON.stringify({ cursor: 1, tickets: 'x'.repeat(2_000) }));
  fc.assert(
    fc.property(fc.nat(page.length), fc.nat(page.length - 1), fc.nat(255), (end, at, byte) => {
      assert.type(outcome('down', 'tickets', page.subarray(0, end)), 'string');
      const changed = Buffer.from(page);
      changed[at] = byte;
      assert.type(outcome('down', 'tickets', changed), 'string');
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('a body in a body in a body has an end', () => {
  let text = '1';
  for (let depth = 0; depth < 12; depth++) text = JSON.stringify({ body: text });
  assert.is(outcome('up', 'journal', Buffer.from(text)), 'message-invalid');
});

test.run();
