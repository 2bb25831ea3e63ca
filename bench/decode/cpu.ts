import { openSync, readSync } from 'node:fs';

const NANOSECONDS = 1e6;
/** Long enough for the scheduler to put the thread aside and book what it had. */
const PAUSE_MS = 0.01;

const figures = Buffer.alloc(64);
const never = new Int32Array(new SharedArrayBuffer(4));
let file: number | undefined;

/**
 * Milliseconds of CPU that this thread has had, from Linux's scheduler. What a running thread has
 * had is booked at each tick (4 ms) or when it pauses: so it pauses first, for about 0.1 ms, which
 * counts for at most a few hundredths of one.
 */
export function threadCpuMs(): number {
  file ??= openSync('/proc/thread-self/schedstat', 'r');
  Atomics.wait(never, 0, 0, PAUSE_MS);
  const length = readSync(file, figures, 0, figures.length, 0);
  return Number(figures.toString('latin1', 0, length).split(' ')[0]) / NANOSECONDS;
}

const ASKED = 64;
let asking: number | undefined;

/** Milliseconds of CPU that something took, without what asking for them takes. */
export async function cpuOf<T>(work: () => T | Promise<T>): Promise<{ ms: number; result: T }> {
  asking ??= costOfAsking();
  const began = threadCpuMs();
  const result = await work();
  return { ms: Math.max(0, threadCpuMs() - began - asking), result };
}

function costOfAsking(): number {
  const costs = Array.from({ length: ASKED }, () => -(threadCpuMs() - threadCpuMs()));
  return costs.sort((a, b) => a - b)[ASKED / 2] as number;
}
