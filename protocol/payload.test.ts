import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { protocolErrors } from './error-table.ts';
import { GatehouseError } from './errors.ts';
import { PAYLOAD_BYTES_MAX } from './messages.ts';
import { decode, encode } from './payload.ts';
import { type NameOf, TOPICS, type Way } from './topics.ts';

const all = (Object.keys(TOPICS) as Way[]).flatMap((way) =>
  Object.keys(TOPICS[way]).map((name) => [way, name as NameOf<Way>] as const),
);
const text = (value: string) => Buffer.from(value);
const page = {
  requestId: '01890a5d-ac96-774b-bcce-b302099a8057',
  from: null,
  cursor: 7,
  more: false,
  performances: [],
  tickets: [],
};

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof GatehouseError) return error.code;
    throw error;
  }
  return 'none';
}

test('a message comes back as it went', () => {
  assert.equal(decode('down', 'nudge', encode('down', 'nudge', { cursor: 7 })), { cursor: 7 });
  assert.equal(encode('down', 'nudge', { cursor: 7 }).toString(), '{"cursor":7}');
});

test('pages of tickets are gzip on the wire', () => {
  const bytes = encode('down', 'tickets', page);
  assert.equal([...bytes.subarray(0, 2)], [0x1f, 0x8b]);
  assert.equal(decode('down', 'tickets', bytes), page);
  assert.is(
    codeOf(() => decode('down', 'tickets', text(JSON.stringify(page)))),
    'message-not-json',
  );
});

test('members that this version does not know are dropped', () => {
  assert.equal(decode('down', 'nudge', text('{"cursor":7,"new":1,"__proto__":{}}')), { cursor: 7 });
});

test('message-not-json: text that is cut off, empty or not UTF-8', () => {
  for (const bytes of [text('{"cursor":7'), text(''), Buffer.from([0x22, 0xff, 0x22])]) {
    assert.is(
      codeOf(() => decode('down', 'nudge', bytes)),
      'message-not-json',
    );
  }
});

test('message-invalid names the field and not what stood in it', () => {
  try {
    decode('up', 'validate', text('{"scanId":"R0000000000000000"}'));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, GatehouseError);
    assert.is((error as GatehouseError).code, 'message-invalid');
    assert.is((error as GatehouseError).details.field, 'scanId');
    assert.not.match((error as GatehouseError).message, 'R0000000000000000');
  }
  for (const value of ['null', '[]', '7', '"x"', '{"cursor":1.5}', '{"cursor":"7"}']) {
    assert.is(
      codeOf(() => decode('down', 'nudge', text(value))),
      'message-invalid',
      value,
    );
  }
});

test('message-too-large: a long text and a small gzip of much', () => {
  const much = Buffer.alloc(PAYLOAD_BYTES_MAX + 1, 0x20);
  assert.is(
    codeOf(() => decode('down', 'nudge', much)),
    'message-too-large',
  );
  const bomb = gzipSync(much);
  assert.ok(bomb.length < 100_000);
  assert.is(
    codeOf(() => decode('down', 'tickets', bomb)),
    'message-too-large',
  );
});

test('any bytes are a message or an error of the table', () => {
  const known = ['none', ...Object.keys(protocolErrors)];
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.json().map((json) => text(json)),
    fc.json().map((json) => gzipSync(json)),
    fc.uint8Array().map((raw) => Buffer.concat([gzipSync('{}'), raw])),
  );
  fc.assert(
    fc.property(fc.constantFrom(...all), bytes, ([way, name], payload) => {
      assert.ok(known.includes(codeOf(() => decode(way, name as never, payload))));
    }),
    { numRuns: 1_000 },
  );
});

test('JSON that is nested without end is refused', () => {
  const deep = text('['.repeat(1_000_000));
  assert.is(
    codeOf(() => decode('down', 'nudge', deep)),
    'message-not-json',
  );
});

test('a topic that does not exist is the caller’s mistake', () => {
  assert.throws(() => decode('up', 'nudge' as 'validate', text('{}')), RangeError);
});

test.run();
