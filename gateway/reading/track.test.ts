import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Box } from './box.ts';
import type { Gradients } from './kernels/kernel-types.ts';
import { createTracks, noteLight, noteShot, noteTry, type Track } from './track.ts';

const [COLUMNS, ROWS] = [40, 30];
const box: Box = { x: 160, y: 160, width: 160, height: 160, score: 9, coherence: 0.1, angle: 0 };
const picture = { luma: new Uint8Array(640 * 480), width: 640, height: 480 };

/** A frame that is as light as this all over. */
function lit(light: number): Gradients {
  const sums = new Int32Array(COLUMNS * ROWS * 8);
  for (let i = 7; i < sums.length; i += 8) sums[i] = 64 * light;
  return { block: 16, columns: COLUMNS, rows: ROWS, sums, scores: new Int32Array(0) };
}

/** A place that was seen twice, was read and has a past. */
function known(): { track: Track; see: (box: Box, light?: number) => Track } {
  const tracks = createTracks();
  let at = 0;
  const see = (next: Box, light = 100) => {
    at += 33;
    const [track] = tracks.update([next], lit(light), at);
    return track as Track;
  };
  see(box);
  const track = see({ ...box, x: box.x + 16 });
  noteLight(track, 200, 100);
  noteShot(track, picture);
  Object.assign(see(box), { reader: 'box', vain: 3 });
  return { track, see };
}

test('a place is known again where it moved a little, and what was tried there', () => {
  const { track, see } = known();
  assert.is(see({ ...box, y: box.y + 16 }), track);
  assert.equal([track.vain, track.reader, track.shots.length], [3, 'box', 1]);
  const seen = track.frames;
  noteTry(track, 200, true);
  see(box);
  assert.equal([track.frames, track.vain], [seen + 1, 0]);
});

test('what looks otherwise at the same place has no past: no reader, no shots, no tries', () => {
  const others: [string, (track: Track, see: (box: Box, light?: number) => Track) => void][] = [
    ['its edges have a direction', (_, see) => see({ ...box, coherence: 0.8 })],
    ['it stands out far more', (_, see) => see({ ...box, score: 30 })],
    ['it is lighter', (_, see) => see(box, 160)],
    ['its paper is darker in a frame as light', (track) => noteLight(track, 150, 100)],
    ['its paper is as light in a frame far lighter', (track) => noteLight(track, 215, 40)],
  ];
  for (const [what, happen] of others) {
    const { track, see } = known();
    happen(track, see);
    const { frames, vain, reader, shots } = track;
    assert.equal([frames, vain, reader, shots.length], [1, 0, undefined, 0], what);
  }
});

test('a lamp that flickers makes no other place of one', () => {
  const { track, see } = known();
  for (const part of [0.9, 1, 1.1, 0.95]) {
    see(box, 100 * part);
    noteLight(track, 200 * part, 100 * part);
  }
  assert.equal([track.frames, track.reader], [6, 'box']);
});

test('what was there once, and not in the frame before, has just come into view', () => {
  const tracks = createTracks();
  const gradients = lit(100);
  const [first] = tracks.update([box], gradients, 33);
  tracks.update([], gradients, 66);
  const [again] = tracks.update([box], gradients, 99);
  assert.equal([again === first, again?.frames], [true, 1]);
  tracks.update([box], gradients, 132);
  tracks.update([], gradients, 165);
  tracks.update([box], gradients, 198);
  assert.is(again?.frames, 3, 'seen twice in a row, it may be hidden for a frame');
});

test.run();
