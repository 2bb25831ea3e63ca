import type { PerformanceRow } from '@gatehouse/protocol';
import type { LocalEntrance } from './house.ts';

/** Performances that begin or are open within this are today's. */
const TODAY_MS = 12 * 3_600_000;

/** N2, N4: today's performances of the halls that this entrance leads to, the first to start first. */
export function today({ store, halls, time }: LocalEntrance): PerformanceRow[] {
  const now = time.now();
  return [...store.performances.all()]
    .filter(({ hall }) => halls.length === 0 || halls.includes(hall))
    .filter(({ opens, closes }) => opens - TODAY_MS <= now && now <= closes + TODAY_MS)
    .sort((a, b) => a.starts - b.starts);
}
