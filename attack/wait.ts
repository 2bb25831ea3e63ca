import { PATIENCE_MS } from '../scripts/patience.ts';

const LOOK_EVERY_MS = 20;

export const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Resolves once something is so. @throws with what was waited for, and how it stood at the end */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  asItIs: () => unknown = () => '',
): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > end) {
      throw new Error(`waited in vain until ${what}; ${JSON.stringify(await asItIs())}`);
    }
    await pause(LOOK_EVERY_MS);
  }
}
