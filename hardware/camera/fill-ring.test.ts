import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import { type FrameShape, fillRing, type StreamEnd } from './fill-ring.ts';
import {
  askToStop,
  countsOf,
  createFrameRing,
  type FrameRing,
  publish,
  sleep,
  slotToWrite,
  takeNewest,
} from './frame-ring.ts';
import { REALIGN_AFTER, WRONG_SIZE_AFTER } from './pace.ts';
import { createRingFrames } from './ring-frames.ts';

const PLAIN = { width: 4, height: 2, rowBytes: 4, frameBytes: 12, pauseMs: 15 };

/** Fills a ring from pieces; `true` is a pause before the next piece. */
function fill(shape: FrameShape, pieces: readonly (readonly number[] | true)[]) {
  const ring = createFrameRing(shape.rowBytes * shape.height);
  const seen: string[] = [];
  const left = [...pieces];
  let now = 0;
  let rest: number[] = [];
  const end = fillRing(ring, shape, {
    now: () => now,
    wake: () => undefined,
    read(into, at, length) {
      if (rest.length === 0) {
        if (left[0] === true) {
          left.shift();
          now += shape.pauseMs;
        }
        rest = [...((left.shift() as readonly number[] | undefined) ?? [])];
      }
      const part = rest.splice(0, length);
      into.set(part, at);
      look(ring, shape, seen);
      return part.length;
    },
  });
  look(ring, shape, seen);
  return { end, seen, counts: countsOf(ring) };
}

function look(ring: FrameRing, { width, height }: FrameShape, seen: string[]): void {
  const slot = takeNewest(ring);
  if (slot !== undefined) seen.push(String(ring.slots[slot]?.subarray(0, width * height)));
}

const frame = (n: number, luma = 8, colour = 4) => [
  ...Array<number>(luma).fill(n),
  ...Array<number>(colour).fill(255),
];
const shown = (...numbers: number[]) => numbers.map((n) => String(Array(8).fill(n)));

test('padding of rows and colour are taken out, whatever the pieces', () => {
  const row = (n: number) => [n, n + 1, n + 2, n + 3, 99, 99];
  const one = [...row(10), ...row(20), ...Array<number>(6).fill(255)];
  const shape = { ...PLAIN, rowBytes: 6, frameBytes: 18 };
  const all = [...one, ...one];
  const pieces = [all.slice(0, 5), all.slice(5, 13), all.slice(13, 30), all.slice(30)];
  const { end, seen } = fill(shape, pieces);
  assert.equal(seen, Array(2).fill('10,11,12,13,20,21,22,23'));
  assert.equal(end, { why: 'ended' });
});

test('half a frame at the end is not shown', () => {
  const { end, seen } = fill(PLAIN, [frame(1), frame(2).slice(0, 9)]);
  assert.equal(seen, shown(1));
  assert.equal(end, { why: 'half-frame' } satisfies StreamEnd);
});

test('a stream that lost bytes is cut anew where the camera pauses', () => {
  const pieces = [true, frame(1), true, frame(2).slice(0, 7)] as (number[] | true)[];
  for (let n = 3; n < 3 + REALIGN_AFTER + 3; n++) pieces.push(true, frame(n));
  const { end, seen } = fill(PLAIN, pieces);
  assert.is(end.why, 'ended', 'the last frame is whole again');
  assert.is(seen[0], shown(1)[0]);
  assert.equal(seen.slice(-2), shown(REALIGN_AFTER + 4, REALIGN_AFTER + 5));
});

test('frames of another size are told by their length, those that only stutter are not', () => {
  const wrong = Array.from({ length: WRONG_SIZE_AFTER + 2 }, (_, n) => [true, frame(n, 4, 2)]);
  assert.equal(fill(PLAIN, wrong.flat() as number[][]).end, { why: 'wrong-size', length: 6 });
  const halves = Array.from({ length: 20 }, (_, n) => {
    const cut = 1 + (n % 10);
    return [true, frame(n).slice(0, cut), true, frame(n).slice(cut)];
  });
  const { end, counts } = fill(PLAIN, halves.flat() as number[][]);
  assert.equal([end.why, counts.frames], ['ended', 20]);
});

test('whoever writes stops when asked, and never writes where somebody looks', () => {
  const ring = createFrameRing(1);
  let turn = 0;
  const write = () => {
    (ring.slots[slotToWrite(ring)] as Uint8Array)[0] = turn;
    turn += 1;
    return publish(ring, turn);
  };
  assert.is(takeNewest(ring), undefined);
  assert.ok(sleep(ring));
  assert.ok(write(), 'the sleeper is woken by the first');
  assert.not(write(), 'and by no other');
  const held = takeNewest(ring) as number;
  for (let n = 0; n < 10; n++) {
    write();
    assert.is.not(slotToWrite(ring), held);
    assert.is(ring.slots[held]?.[0], 1);
  }
  assert.not(sleep(ring), 'nobody sleeps while a frame is there');
  assert.is(ring.slots[takeNewest(ring) as number]?.[0], 11);
  assert.equal(countsOf(ring), { frames: 12, dropped: 10 });

  askToStop(ring, true);
  const parts = { read: () => 1, now: () => 0, wake: () => undefined };
  assert.equal(fillRing(ring, PLAIN, parts), { why: 'stopped' });
});

test('a listener that throws or rejects loses that frame only', async () => {
  const ring = createFrameRing(8);
  const refused: string[] = [];
  let turn = 0;
  const frames = createRingFrames({
    ...{ ring, width: 4, height: 2, clock: systemClock },
    listener: {
      onFrame() {
        turn += 1;
        if (turn === 1) throw new Error('thrown');
        return Promise.reject(new Error('rejected'));
      },
    },
    onFrame: () => undefined,
    onRefused: (error) => refused.push(String(error)),
  });
  publish(ring, 0);
  frames.look();
  publish(ring, 0);
  frames.look();
  await frames.stop();
  assert.equal(refused, ['Error: thrown', 'Error: rejected']);
  assert.equal(frames.counts, { frames: 2, dropped: 0 });
});

test.run();
