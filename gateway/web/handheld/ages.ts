import { fill } from '../shared/languages.ts';
import type { Texts } from '../texts/index.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** A span of time in one short word: `12 s`, `4 min`, `3 h`. */
export function age(milliseconds: number, { seconds, minutes, hours }: Texts['handheld']): string {
  const n = Math.max(0, Math.round(milliseconds / 1000));
  if (n < 100) return fill(seconds, { n });
  if (n < 2 * HOUR) return fill(minutes, { n: Math.round(n / MINUTE) });
  return fill(hours, { n: Math.round(n / HOUR) });
}
