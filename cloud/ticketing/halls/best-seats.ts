import type { Seat } from './hall.ts';

/** A single seat left over costs more than any place in the hall: avoided where avoidable. */
const SINGLE_LEFT = 10_000;
/** One line further back is worth as much as this many places from the middle. */
const LINE_WEIGHT = 1.5;

/**
 * The best seats for people who belong together: side by side in one line, near the front and the
 * middle, leaving no single seat between others where that can be helped. Where no line has so
 * many, as few groups as possible. Wheelchair and companion seats are left out.
 * @returns fewer than `count` only where there are not that many
 */
export function bestSeats(all: readonly Seat[], free: ReadonlySet<string>, count: number): Seat[] {
  const middle = middleOf(all);
  const left = new Set(free);
  const chosen: Seat[] = [];
  while (chosen.length < count) {
    const runs = runsOf(all, left);
    const longest = Math.max(0, ...runs.map((run) => run.length));
    if (longest === 0) break;
    const best = bestWindow(runs, Math.min(longest, count - chosen.length), middle);
    for (const seat of best) left.delete(seat.id);
    chosen.push(...best);
  }
  return chosen;
}

/** Whether a choice of seats leaves a single free seat between others, which nobody buys. */
export function leavesSingle(
  all: readonly Seat[],
  free: ReadonlySet<string>,
  chosen: readonly string[],
): boolean {
  const left = new Set([...free].filter((id) => !chosen.includes(id)));
  const before = singles(runsOf(all, free));
  return singles(runsOf(all, left)).some((id) => !before.includes(id));
}

function singles(runs: readonly Seat[][]): string[] {
  return runs.filter((run) => run.length === 1).map(([seat]) => (seat as Seat).id);
}

function middleOf(all: readonly Seat[]): number {
  const places = all.map(({ place }) => place);
  if (places.length === 0) return 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const place of places) {
    low = Math.min(low, place);
    high = Math.max(high, place);
  }
  return (low + high) / 2;
}

/** Free seats side by side: same line and rank, places that follow each other. */
function runsOf(all: readonly Seat[], free: ReadonlySet<string>): Seat[][] {
  const runs: Seat[][] = [];
  let last: Seat | undefined;
  for (const seat of all) {
    if (!free.has(seat.id) || seat.wheelchair || seat.companion) continue;
    const follows =
      last && last.line === seat.line && last.rank === seat.rank && last.place + 1 === seat.place;
    if (follows) runs.at(-1)?.push(seat);
    else runs.push([seat]);
    last = seat;
  }
  return runs;
}

function bestWindow(runs: readonly Seat[][], size: number, middle: number): Seat[] {
  let best: { seats: Seat[]; cost: number } | undefined;
  for (const run of runs) {
    for (let start = 0; start + size <= run.length; start++) {
      const cost = costOf(run, start, size, middle);
      if (!best || cost < best.cost) best = { seats: run.slice(start, start + size), cost };
    }
  }
  return best?.seats ?? [];
}

function costOf(run: readonly Seat[], start: number, size: number, middle: number): number {
  const first = run[start] as Seat;
  const centre = first.place + (size - 1) / 2;
  const single = (start === 1 ? 1 : 0) + (run.length - start - size === 1 ? 1 : 0);
  return first.line * LINE_WEIGHT + Math.abs(centre - middle) + single * SINGLE_LEFT;
}
