import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { averageOf, type Shot } from './average.ts';
import { sampleQr } from './qr/qr.ts';
import { code, type Held, picture } from './test/picture.ts';

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
  const all = shots(4, { width: 120, turn: 9, noise: 145 });
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

test.run();
