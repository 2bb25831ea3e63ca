import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Frame } from '../devices.ts';
import { newestFrame } from './newest-frame.ts';

const frame = (at: number): Frame => ({ width: 1, height: 1, luma: Uint8Array.of(at), at });

function slotFor(onFrame: (frame: Frame) => void | Promise<void>) {
  const counts = { frames: 0, dropped: 0 };
  const free: number[] = [];
  const refused: unknown[] = [];
  const slot = newestFrame({
    listener: { onFrame },
    counts,
    onFree: ({ at }) => free.push(at),
    onRefused: (error) => refused.push(error),
  });
  return { slot, counts, free, refused };
}

test('a listener that returns at once gets every frame', () => {
  const seen: number[] = [];
  const { slot, counts, free } = slotFor(({ at }) => void seen.push(at));
  for (const at of [1, 2, 3]) slot.offer(frame(at));
  assert.equal(seen, [1, 2, 3]);
  assert.equal(free, [1, 2, 3]);
  assert.equal(counts, { frames: 3, dropped: 0 });
});

test('a slow listener gets the newest frame next, the others are counted as dropped', async () => {
  const seen: number[] = [];
  const gates: (() => void)[] = [];
  const { slot, counts, free } = slotFor(({ at }) => {
    seen.push(at);
    return new Promise<void>((resolve) => gates.push(resolve));
  });
  for (const at of [1, 2, 3, 4]) slot.offer(frame(at));
  assert.equal(seen, [1]);
  assert.equal(free, [2, 3], 'a dropped frame frees its memory at once, the held one does not');
  gates[0]?.();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(seen, [1, 4]);
  assert.equal(counts, { frames: 2, dropped: 2 });
  gates[1]?.();
  await slot.stop();
  slot.offer(frame(5));
  assert.equal(seen, [1, 4]);
});

test('a listener that throws or rejects loses that frame only', async () => {
  let turn = 0;
  const { slot, counts, refused } = slotFor(() => {
    turn += 1;
    if (turn === 1) throw new Error('thrown');
    return Promise.reject(new Error('rejected'));
  });
  slot.offer(frame(1));
  slot.offer(frame(2));
  await slot.stop();
  assert.equal(refused.map(String), ['Error: thrown', 'Error: rejected']);
  assert.equal(counts, { frames: 2, dropped: 0 });
});

test.run();
