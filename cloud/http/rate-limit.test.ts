import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRateLimit } from './rate-limit.ts';

const SEED = 12;

test('P11 within any time never more than the burst and what dripped since', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 500 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 120 }),
      (burst, every, gaps) => {
        let now = 0;
        const limit = createRateLimit({ monotonic: () => now }, { burst, every });
        const taken: number[] = [];
        for (const gap of gaps) {
          now += gap;
          if (limit.take('a').ok) taken.push(now);
        }
        for (const [i, from] of taken.entries()) {
          for (const [j, to] of taken.entries()) {
            if (j < i) continue;
            assert.ok(j - i + 1 <= burst + (to - from) / every + 1e-9);
          }
        }
      },
    ),
    { seed: SEED },
  );
});

test('whoever waits as long as they were told gets in, and not a moment before', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 500 }),
      fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 60 }),
      (burst, every, gaps) => {
        let now = 0;
        const limit = createRateLimit({ monotonic: () => now }, { burst, every });
        for (const gap of gaps) {
          now += gap;
          const said = limit.take('a');
          if (said.ok) continue;
          now += said.retryAfter - 1;
          assert.is(limit.take('a').ok, false);
          now += 1;
          assert.is(limit.take('a').ok, true);
        }
      },
    ),
    { seed: SEED },
  );
});

test('one key never pays for another, and memory stays bounded', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 30 }))),
      (asked) => {
        let now = 0;
        const rule = { burst: 2, every: 100 };
        const all = createRateLimit({ monotonic: () => now }, rule, 1_000);
        const small = createRateLimit({ monotonic: () => now }, rule, 5);
        const own = new Map<number, ReturnType<typeof createRateLimit>>();
        for (const [key, gap] of asked) {
          now += gap;
          const alone = own.get(key) ?? createRateLimit({ monotonic: () => now }, rule);
          own.set(key, alone);
          assert.equal(all.take(String(key)), alone.take('it'));
          small.take(String(key));
          assert.ok(small.size() <= 5);
        }
      },
    ),
    { seed: SEED },
  );
});

test('what was counted is forgotten when somebody proves to be rightful', () => {
  const limit = createRateLimit({ monotonic: () => 0 }, { burst: 1, every: 1_000 });
  assert.is(limit.take('a').ok, true);
  assert.equal(limit.take('a'), { ok: false, retryAfter: 1_000 });
  limit.forget('a');
  assert.is(limit.take('a').ok, true);
});

test.run();
