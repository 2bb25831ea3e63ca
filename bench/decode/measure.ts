import type { sceneCache } from './cache.ts';
import type { Reader } from './reader.ts';
import { grouped, type Result, recall, type Summary, score, spread, summary } from './score.ts';
import type { SymbolKind } from './symbol.ts';

export type Cache = ReturnType<typeof sceneCache>;

/** What is measured: so many scenes of a seed, from the first on. */
export interface SceneSet {
  readonly seed: number;
  readonly count: number;
  readonly symbology?: SymbolKind | undefined;
}

/** One decoder on a set of scenes. */
export interface Measured {
  readonly name: string;
  readonly about: string;
  /** Scenes with a code, and those without. */
  readonly code: Summary;
  readonly empty: Summary;
  readonly byLevel: Readonly<Record<string, Summary>>;
  readonly byKind: Readonly<Record<string, Summary>>;
  readonly byFault: Readonly<Record<string, Summary>>;
  /** Codes read by each treatment, where the decoder has several. */
  readonly byStage: Readonly<Record<string, Summary>>;
}

const WARM_UP = 8;

/** Every reader on every scene of a set; the first few are read twice, since code is still cold. */
export async function measureScenes(
  readers: readonly Reader[],
  { seed, count, symbology }: SceneSet,
  cache: Cache,
): Promise<Measured[]> {
  const options = symbology ? { symbology } : {};
  const results = readers.map((): Result[] => []);
  for (let i = -WARM_UP; i < count; i++) {
    const scene = cache.scene(seed, i < 0 ? i + WARM_UP : i, options);
    for (const [n, reader] of readers.entries()) {
      const result = await score(reader, scene);
      if (i >= 0) results[n]?.push(result);
    }
  }
  const each = readers.map((reader, n) => measured(reader, results[n] ?? []));
  const peers = results.filter((_, n) => !isOurs(readers[n]?.name ?? ''));
  return peers.length >= UNION_OF ? [...each, measured(UNION, together(peers))] : each;
}

/** Fewer say nothing about what the field can read. */
const UNION_OF = 4;
const UNION = { name: 'union of the peers', about: 'a scene that any of them reads' };

/** Whether a measured name is the gateway's own. */
export function isOurs(name: string): boolean {
  return name.startsWith('gatehouse');
}

/** What several readers read together, as if all of them were asked. */
function together(results: readonly (readonly Result[])[]): Result[] {
  return (results[0] ?? []).map((first, i) => {
    const all = results.map((own) => own[i] as Result);
    return {
      ...first,
      stage: undefined,
      read: all.some(({ read }) => read),
      wrong: all.reduce((sum, { wrong }) => sum + wrong, 0),
      ms: all.reduce((sum, { ms }) => sum + ms, 0),
    };
  });
}

function measured(
  { name, about }: Pick<Reader, 'name' | 'about'>,
  results: readonly Result[],
): Measured {
  const codes = results.filter(({ kind }) => kind !== undefined);
  return {
    name,
    about,
    code: summary(codes),
    empty: summary(results.filter(({ kind }) => kind === undefined)),
    byLevel: grouped(codes, ({ level }) => [level]),
    byKind: grouped(codes, ({ kind }) => [kind ?? '']),
    byFault: grouped(codes, ({ faults }) => (faults.length === 0 ? ['none'] : faults)),
    byStage: grouped(
      codes.filter(({ read }) => read),
      ({ stage }) => (stage ? [stage] : []),
    ),
  };
}

/** One decoder on bursts: the share read by so many frames. */
export interface BurstMeasured {
  readonly name: string;
  readonly bursts: number;
  /** Per cent of the bursts that were read by each frame, the first one first. */
  readonly readBy: readonly number[];
  readonly wrong: number;
  /** Milliseconds of CPU a frame, over all frames and over those until the code was read. */
  readonly ms: number;
  readonly msUntilRead: number;
}

/** Every reader on bursts of a hand that drifts; each burst is a stream of its own. */
export async function measureBursts(
  readers: readonly Reader[],
  { seed, count, symbology }: SceneSet,
  frames: number,
  cache: Cache,
): Promise<BurstMeasured[]> {
  const options = symbology ? { symbology } : {};
  const runs = readers.map((): Result[][] => []);
  for (let i = -1; i < count; i++) {
    const scenes = cache.burst(seed, Math.max(0, i), frames, options);
    for (const [n, reader] of readers.entries()) {
      const follower = reader.follow?.() ?? reader;
      const run: Result[] = [];
      for (const scene of scenes) run.push(await score(follower, scene));
      if (i >= 0) runs[n]?.push(run);
    }
  }
  return readers.map(({ name }, n) => burstMeasured(name, runs[n] ?? [], frames));
}

function burstMeasured(name: string, runs: readonly Result[][], frames: number): BurstMeasured {
  const firsts = runs.map((run) => run.findIndex(({ read }) => read));
  const until = runs.flatMap((run, i) => {
    const first = firsts[i] ?? -1;
    return first < 0 ? run : run.slice(0, first + 1);
  });
  return {
    name,
    bursts: runs.length,
    readBy: Array.from({ length: frames }, (_, frame) =>
      recall({
        scenes: runs.length,
        read: firsts.filter((first) => first >= 0 && first <= frame).length,
      }),
    ),
    wrong: summary(runs.flat()).wrong,
    ms: spread(runs.flat().map(({ ms }) => ms)).mean,
    msUntilRead: spread(until.map(({ ms }) => ms)).mean,
  };
}
