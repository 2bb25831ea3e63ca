import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Violation } from './story.ts';
import { type Evening, play } from './venue.ts';

/** Processes that play at once, at most. */
export const JOBS_MAX = 64;

/** What is left of an evening when it is over. */
export interface Played {
  readonly seed: number;
  readonly hash: string;
  readonly faults: number;
  readonly scans: number;
  readonly violations: readonly Violation[];
}

export interface Range {
  readonly from: number;
  readonly to: number;
  /** Processes; 1 plays in this one. */
  readonly jobs: number;
  readonly evening: Omit<Evening, 'seed'>;
}

/** Plays one evening and keeps its sum. */
export async function playForSum(evening: Evening): Promise<Played> {
  const story = await play(evening);
  const { faults, scans, violations } = story;
  return { seed: evening.seed, hash: story.hash(), faults, scans, violations };
}

/** Plays all seeds of a range, each in whatever process is free; tells of them as they end. */
export async function playAll(range: Range, told: (played: Played) => void): Promise<void> {
  const { from, to, jobs, evening } = range;
  let next = from;
  const seed = () => (next > to ? undefined : next++);
  if (jobs === 1) {
    for (let one = seed(); one !== undefined; one = seed()) {
      told(await playForSum({ ...evening, seed: one }));
    }
    return;
  }
  await Promise.all(Array.from({ length: jobs }, () => inProcess(evening, seed, told)));
}

/** One process that plays a seed after the other. */
function inProcess(
  evening: Omit<Evening, 'seed'>,
  seed: () => number | undefined,
  told: (played: Played) => void,
): Promise<void> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'player.ts'));
  return new Promise((resolve, reject) => {
    const give = () => {
      const one = seed();
      if (one === undefined) child.disconnect();
      else child.send({ ...evening, seed: one });
    };
    child.on('message', (played: Played) => {
      told(played);
      give();
    });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`exit ${code}`))));
    give();
  });
}
