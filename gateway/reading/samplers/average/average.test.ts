import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Luma, Point } from '../../luma.ts';
import { planeOf } from '../plane.ts';
import { sampleQr } from '../qr/qr.ts';
import { code, type Held, picture } from '../test/picture.ts';
import { averageOf, type Shot } from './average.ts';
import { openOverlay } from './kernel.ts';
import { plainOverlay } from './plain.ts';

const TEXT = 'R7ZHSBQGV0NP3EB48';
const cells = code('qrcode', TEXT, 'eclevel=L');

/** A hand that drifts: the code turns, grows and tilts a little from frame to frame. */
function shots(count: number, held: Held): Shot[] {
  return Array.from({ length: count }, (_, i) => {
    const moved = { width: held.width + i, turn: (held.turn ?? 0) + 0.7 * i, lean: 0.01 * i };
    const { luma, box } = picture(cells, { ...held, ...moved }, 7 + i);
    return { picture: luma, box };
  });
}

test('four frames of a hand that drifts are read where each alone is not', () => {
  const all = shots(4, { width: 120, turn: 9, noise: 130 });
  for (const { picture, box } of all) assert.equal(sampleQr(picture, box), []);
  const averaged = averageOf(all);
  assert.is(averaged?.shots, 4);
  const reads = averaged ? sampleQr(averaged.picture, averaged.box) : [];
  assert.equal(
    reads.map(({ text }) => text),
    [TEXT],
  );
});

test('a frame of something else is left out, and no more than four are taken', () => {
  const [one, two] = shots(2, { width: 130, noise: 10 });
  const other = picture(code('qrcode', 'something else', 'eclevel=H'), { width: 130, turn: 70 });
  assert.is(averageOf([{ picture: other.luma, box: other.box }, one!, two!])?.shots, 2);
  assert.is(averageOf(shots(6, { width: 130 }))?.shots, 4);
  assert.is(averageOf([]), undefined);
});

test('the compiled kernels and their plain twin give the same to the bit', () => {
  const pictures = [
    [61, 43],
    [15, 11],
    [57, 47],
    [14, 12],
  ].map(([width = 1, height = 1], seed): Luma => {
    const luma = Uint8Array.from(
      { length: width * height },
      (_, i) => (i * (97 + seed)) ^ (i >> 3),
    );
    return { luma, width, height };
  });
  const [full, small, olderFull, olderSmall] = pictures as [Luma, Luma, Luma, Luma];
  const [compiled, plain] = [openOverlay(), plainOverlay()];
  const corners = [
    [12, 9],
    [44, 7],
    [47, 36],
    [10, 33],
  ].map(([x = 0, y = 0]) => ({ x, y })) as [Point, Point, Point, Point];
  const plane = planeOf(corners);
  assert.ok(plane);
  const box = { x: 4, y: 3, width: 52, height: 36, score: 9, coherence: 0, angle: 0 };
  for (const overlay of [compiled, plain]) {
    overlay.newest(full, small);
    overlay.older(olderFull, olderSmall);
  }
  for (const step of [1, 3]) {
    const patch = { left: 5, top: 4, width: 31, height: 22 };
    const shift = { x: -3, y: 6 };
    const likeness = plain.alike('full', patch, shift, step);
    assert.is(compiled.alike('full', patch, shift, step), likeness);
    assert.ok(Math.abs(likeness) <= 1 && likeness !== 0);
  }
  const tiny = { left: 0, top: 0, width: 4, height: 4 };
  assert.is(compiled.alike('small', tiny, { x: 1, y: 1 }, 1), 0, 'too little to say anything');
  for (let more = 0; more < 2; more++) {
    for (const overlay of [compiled, plain]) overlay.add(box, plane);
    assert.equal(compiled.mean(), plain.mean());
    for (const overlay of [compiled, plain]) {
      overlay.newest(full, small);
      overlay.older(olderFull, olderSmall);
      overlay.add(box, plane);
    }
  }
});

test.run();
