import { PATIENCE_MS } from '../scripts/patience.ts';

/** For tests: waits until something is so; fails with its name after a generous while. */
export async function until(
  what: string,
  holds: () => boolean,
  within = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + within;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** For tests: lets so much time pass in which something must not happen. */
export function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
