/** Chance that a seed decides: everything drawn from it comes again with the same seed. */
export interface Random {
  /** From 0 up to but without 1. */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number;
  /** A number from `from` up to `to`. */
  between(from: number, to: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** A waiting time of an event that comes every `mean` on average. */
  wait(mean: number): number;
  bytes(length: number): Uint8Array;
}

/** Mulberry32: small, fast, and good enough to shuffle an evening. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    whole,
    between: (from, to) => from + next() * (to - from),
    chance: (probability) => next() < probability,
    pick: (from) => from[whole(0, from.length - 1)] as never,
    wait: (mean) => -mean * Math.log(1 - next()),
    bytes: (length) => Uint8Array.from({ length }, () => whole(0, 255)),
  };
}
