import { cpuOf } from './cpu.ts';
import { dice } from './dice.ts';
import type { Cache } from './measure.ts';
import type { Picture, Reader } from './reader.ts';
import { type Spread, spread } from './score.ts';

/** Pictures in which there is nothing to read, and what readers made of them. */
export interface NothingMeasured {
  readonly name: string;
  readonly pictures: number;
  /** Texts told. */
  readonly wrong: number;
  readonly ms: Spread;
}

/** Of so many pictures one is noise alone. */
const NOISE_EVERY = 8;
/** Scenes with a decoy that the others are made of. */
const SCENES_MAX = 60;
/** A picture stands for so many frames, with noise of its own in each: two frames may agree. */
const FRAMES = 4;
/** As stills, with every stage, only one in so many is read. */
const STILL_EVERY = 40;
const [PART_WIDTH, PART_HEIGHT] = [640, 360] as const;

/**
 * Counts false reads: parts of scenes without a code, turned, mirrored, made brighter or darker,
 * with noise of their own; and noise alone. Parts are a quarter of a frame, which costs a quarter.
 * Readers that remember read all of them as frames, and some as stills.
 */
export async function countFalse(
  readers: readonly Reader[],
  { seed, count }: { readonly seed: number; readonly count: number },
  cache: Cache,
): Promise<NothingMeasured[]> {
  const followed = readers.flatMap((reader) => {
    const frames = reader.follow?.();
    return frames ? [{ ...frames, name: `${reader.name}, frames` }] : [];
  });
  const runs = [...followed, ...readers].map((reader) => {
    return { reader, every: reader.follow ? STILL_EVERY : 1, wrong: 0, times: [] as number[] };
  });
  for (const [i, picture] of pictures(seed, count, cache)) {
    for (const run of runs) {
      if (i % run.every !== 0) continue;
      const input = run.reader.prepare(picture);
      const { ms, result } = await cpuOf(() => run.reader.read(input));
      run.times.push(ms);
      run.wrong += result.length;
    }
  }
  return runs.map(({ reader, wrong, times }) => ({
    name: reader.name,
    pictures: times.length,
    wrong,
    ms: spread(times),
  }));
}

function* pictures(seed: number, count: number, cache: Cache): Generator<[number, Picture]> {
  const each = Math.ceil(count / Math.min(SCENES_MAX, count));
  let shown = emptyFrom(seed, 0, cache);
  for (let i = 0; i < count; i++) {
    if (i > 0 && i % each === 0) shown = emptyFrom(seed, shown.index + 1, cache);
    const which = Math.floor(i / FRAMES);
    yield [i, which % NOISE_EVERY === 0 ? noise(seed, i) : varied(shown.scene, seed, which, i)];
  }
}

/** The next scene without a code, from an index on. */
function emptyFrom(seed: number, index: number, cache: Cache): { scene: Picture; index: number } {
  for (let i = index; ; i++) {
    const scene = cache.scene(seed, i);
    if (scene.level === 'none') return { scene, index: i };
  }
}

/** Noise of one grain, from single pixels to blocks as large as modules. */
function noise(seed: number, index: number): Picture {
  const chance = dice(seed, 'noise', index);
  const grain = chance.whole(1, 12);
  const columns = Math.ceil(PART_WIDTH / grain);
  const rows = Math.ceil(PART_HEIGHT / grain);
  const hard = chance.chance(0.5);
  const tones = Uint8Array.from({ length: columns * rows }, () =>
    hard ? (chance.chance(0.5) ? 20 : 235) : chance.whole(0, 255),
  );
  const luma = new Uint8Array(PART_WIDTH * PART_HEIGHT);
  for (let i = 0; i < luma.length; i++) {
    const row = Math.floor(Math.floor(i / PART_WIDTH) / grain);
    luma[i] = tones[row * columns + Math.floor((i % PART_WIDTH) / grain)] as number;
  }
  return { luma, width: PART_WIDTH, height: PART_HEIGHT };
}

function varied(from: Picture, seed: number, which: number, frame: number): Picture {
  const chance = dice(seed, 'varied', which);
  const left = chance.whole(0, from.width - PART_WIDTH);
  const top = chance.whole(0, from.height - PART_HEIGHT);
  const [flipX, flipY, invert] = [chance.chance(0.5), chance.chance(0.5), chance.chance(0.15)];
  const gain = chance.between(0.4, 1.6);
  const grain = chance.between(0, 14);
  const luma = new Uint8Array(PART_WIDTH * PART_HEIGHT);
  let state = dice(seed, 'grain', frame).whole(1, 0x7fffffff);
  for (let i = 0; i < luma.length; i++) {
    const x = i % PART_WIDTH;
    const y = Math.floor(i / PART_WIDTH);
    const at =
      (top + (flipY ? PART_HEIGHT - 1 - y : y)) * from.width +
      left +
      (flipX ? PART_WIDTH - 1 - x : x);
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const own = (from.luma[at] as number) * gain + ((state & 255) / 128 - 1) * grain;
    luma[i] = Math.min(255, Math.max(0, invert ? 255 - own : own));
  }
  return { luma, width: PART_WIDTH, height: PART_HEIGHT };
}

/** The same picture with a sensor's noise of another moment. */
function grained(from: Picture, seed: number, index: number): Picture {
  let state = dice(seed, 'grained', index).whole(1, 0x7fffffff);
  const luma = from.luma.map((value) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.min(255, Math.max(0, value + ((state >>> 8) % 7) - 3));
  });
  return { ...from, luma };
}

/** What frames without a code cost where they follow each other. */
export interface IdleMeasured {
  readonly name: string;
  /** A scene that stands still: each frame of some seconds. */
  readonly still: Spread;
  /** Another scene in every frame. */
  readonly changing: Spread;
}

const STILL_FRAMES = 960;
/** Pictures of it that differ by their noise. */
const NOISY = 6;
/** Frames after which everything has been tried on a scene that stands still. */
const SETTLED = 1_200;

/** Milliseconds a frame before which nobody holds anything up, and where decoys come and go. */
export async function measureIdle(
  reader: Reader,
  { seed, count }: { readonly seed: number; readonly count: number },
  cache: Cache,
): Promise<IdleMeasured> {
  const empty: Picture[] = [];
  for (let at = -1; empty.length < count; ) {
    const { scene, index } = emptyFrom(seed, at + 1, cache);
    empty.push(scene);
    at = index;
  }
  const time = async (follower: Reader, picture: Picture) => {
    const input = follower.prepare(picture);
    return (await cpuOf(() => follower.read(input))).ms;
  };
  const still: number[] = [];
  const standing = reader.follow?.() ?? reader;
  const first = empty[0] as Picture;
  const noisy = Array.from({ length: NOISY }, (_, i) => grained(first, seed, i));
  for (let i = 0; i < SETTLED + STILL_FRAMES; i++) {
    const ms = await time(standing, noisy[i % NOISY] as Picture);
    if (i >= SETTLED) still.push(ms);
  }
  const changing: number[] = [];
  const moving = reader.follow?.() ?? reader;
  // Once before, since code that has not run yet is slow.
  for (const picture of empty) await time(moving, picture);
  for (const picture of empty) changing.push(await time(moving, picture));
  return { name: reader.name, still: spread(still), changing: spread(changing) };
}
