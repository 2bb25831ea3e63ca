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
  /** How often somebody went through an open barrier. */
  readonly passages: number;
  readonly violations: readonly Violation[];
}

/** Processes of their own that play evenings, one each at a time. */
export interface Players {
  /** Resolves with the evening's sum; waits for a process that is free. */
  play(evening: Evening): Promise<Played>;
  stop(): void;
}

/** Plays one evening and keeps its sum. */
export async function playForSum(evening: Evening): Promise<Played> {
  const story = await play(evening);
  const { faults, scans, violations, lines } = story;
  const passages = lines.filter((line) => line.includes('somebody passes')).length;
  return { seed: evening.seed, hash: story.hash(), faults, scans, passages, violations };
}

interface Job {
  readonly evening: Evening;
  resolve(played: Played): void;
  reject(error: Error): void;
}

/** @param jobs how many processes; they start with their first evening */
export function createPlayers(jobs: number): Players {
  const waiting: Job[] = [];
  const free: ChildProcess[] = [];
  const all: ChildProcess[] = [];

  function next(): void {
    while (waiting.length > 0) {
      const player = free.pop() ?? (all.length < jobs ? begin() : undefined);
      if (!player) return;
      give(player, waiting.shift() as Job);
    }
  }

  function begin(): ChildProcess {
    const player = fork(join(import.meta.dirname, 'player.ts'));
    all.push(player);
    return player;
  }

  function give(player: ChildProcess, { evening, resolve, reject }: Job): void {
    const ended = (code: number | null) =>
      reject(new Error(`seed ${evening.seed} ended its process with ${code}`));
    player.once('exit', ended);
    player.once('message', (played: Played) => {
      player.off('exit', ended);
      free.push(player);
      resolve(played);
      next();
    });
    player.send(evening);
  }

  return {
    play: (evening) =>
      new Promise((resolve, reject) => {
        waiting.push({ evening, resolve, reject });
        next();
      }),
    stop() {
      for (const player of all) if (player.connected) player.disconnect();
    },
  };
}

export interface Range {
  readonly from: number;
  readonly to: number;
  /** Processes; 1 plays in this one. */
  readonly jobs: number;
  readonly evening: Omit<Evening, 'seed'>;
}

/** Plays all seeds of a range, each in whatever process is free; tells of them as they end. */
export async function playAll(range: Range, told: (played: Played) => void): Promise<void> {
  const { from, to, jobs, evening } = range;
  const players = jobs === 1 ? undefined : createPlayers(jobs);
  let next = from;
  const one = async () => {
    while (next <= to) {
      const given = { ...evening, seed: next++ };
      told(await (players ? players.play(given) : playForSum(given)));
    }
  };
  try {
    await Promise.all(Array.from({ length: jobs }, one));
  } finally {
    players?.stop();
  }
}
