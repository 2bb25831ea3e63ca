import { threadCpuMs } from './cpu.ts';
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
const SCENES_MAX = 240;
const [PART_WIDTH, PART_HEIGHT] = [640, 360] as const;

/**
 * Counts false reads: parts of scenes without a code, turned, mirrored, made brighter or darker,
 * with noise of their own; and noise alone. Parts are a quarter of a frame, which costs a quarter.
 */
export async function countFalse(
  readers: readonly Reader[],
  { seed, count }: { readonly seed: number; readonly count: number },
  cache: Cache,
): Promise<NothingMeasured[]> {
  const wrong = readers.map(() => 0);
  const times = readers.map((): number[] => []);
  const scenes = Math.min(SCENES_MAX, count);
  let base = 0;
  let shown: Picture | undefined;
  const each = Math.ceil(count / scenes);
  for (let i = 0; i < count; i++) {
    if (i % each === 0) {
      let scene = cache.scene(seed, base++);
      while (scene.level !== 'none') scene = cache.scene(seed, base++);
      shown = scene;
    }
    const picture = i % NOISE_EVERY === 0 || !shown ? noise(seed, i) : varied(shown, seed, i);
    for (const [n, reader] of readers.entries()) {
      const input = reader.prepare(picture);
      const began = threadCpuMs();
      const said = await reader.read(input);
      times[n]?.push(threadCpuMs() - began);
      wrong[n] = (wrong[n] ?? 0) + said.length;
    }
  }
  return readers.map(({ name }, n) => ({
    name,
    pictures: count,
    wrong: wrong[n] ?? 0,
    ms: spread(times[n] ?? []),
  }));
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

function varied(from: Picture, seed: number, index: number): Picture {
  const chance = dice(seed, 'varied', index);
  const left = chance.whole(0, from.width - PART_WIDTH);
  const top = chance.whole(0, from.height - PART_HEIGHT);
  const [flipX, flipY, invert] = [chance.chance(0.5), chance.chance(0.5), chance.chance(0.15)];
  const gain = chance.between(0.4, 1.6);
  const grain = chance.between(0, 14);
  const luma = new Uint8Array(PART_WIDTH * PART_HEIGHT);
  let state = chance.whole(1, 0x7fffffff);
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

/** What frames without a code cost where they follow each other. */
export interface IdleMeasured {
  readonly name: string;
  /** A scene that stands still: each frame of some seconds. */
  readonly still: Spread;
  /** Another scene in every frame. */
  readonly changing: Spread;
}

const STILL_FRAMES = 120;

/** Milliseconds a frame before which nobody holds anything up, and where decoys come and go. */
export async function measureIdle(
  reader: Reader,
  { seed, count }: { readonly seed: number; readonly count: number },
  cache: Cache,
): Promise<IdleMeasured> {
  const empty: Picture[] = [];
  for (let i = 0; empty.length < count; i++) {
    const scene = cache.scene(seed, i);
    if (scene.level === 'none') empty.push(scene);
  }
  const time = async (follower: Reader, picture: Picture) => {
    const input = follower.prepare(picture);
    const began = threadCpuMs();
    await follower.read(input);
    return threadCpuMs() - began;
  };
  const still: number[] = [];
  const standing = reader.follow?.() ?? reader;
  const first = empty[0] as Picture;
  await time(standing, first);
  for (let i = 0; i < STILL_FRAMES; i++) still.push(await time(standing, first));
  const changing: number[] = [];
  const moving = reader.follow?.() ?? reader;
  for (const picture of empty) changing.push(await time(moving, picture));
  return { name: reader.name, still: spread(still), changing: spread(changing) };
}
