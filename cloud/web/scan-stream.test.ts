import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { eventsOf } from './scan-stream.ts';
import { firstToken, keepToken, type TokenStore, tokenIn } from './token.ts';

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

async function read(...texts: string[]): Promise<string[]> {
  const seen: string[] = [];
  for await (const data of eventsOf(pieces(...texts))) seen.push(data);
  return seen;
}

test('events come whole however the stream is cut', async () => {
  const text = ': alive\n\nevent: scan\nid: 1\ndata: {"n":1}\n\ndata: a\ndata: b\n\n';
  assert.equal(await read(text), ['{"n":1}', 'a\nb']);
  assert.equal(await read(...text), ['{"n":1}', 'a\nb']);
});

test('an event without its end is not given out', async () => {
  assert.equal(await read('data: half'), []);
});

test('an event that never ends is refused', async () => {
  const long = 'x'.repeat(300_000);
  try {
    await read(`data: ${long}`, long);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, RangeError);
  }
});

function memory(): TokenStore & { held: Map<string, string> } {
  const held = new Map<string, string>();
  return {
    held,
    getItem: (name) => held.get(name) ?? null,
    setItem: (name, value) => void held.set(name, value),
    removeItem: (name) => void held.delete(name),
  };
}

test('the token of the address is kept until the tab closes or somebody signs out', () => {
  const store = memory();
  assert.is(firstToken('', store), '');
  assert.is(firstToken('#token=a%2Bb', store), 'a+b');
  assert.is(firstToken('', store), 'a+b');
  keepToken('', store);
  assert.is(firstToken('#other=1', store), '');
  assert.is(tokenIn('#token='), undefined);
});

test.run();
