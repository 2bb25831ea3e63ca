import type { LocalPassage } from './passages.ts';

/** People inside by performance; counted once and then kept up, because every scan asks. */
export interface Occupancy {
  of(performance: string): number;
  /**
   * Keeps the count up around something that may add a passage.
   * @param add says whether it did
   */
  around(passage: LocalPassage, add: () => boolean): void;
  /** Tickets have changed: count again. */
  clear(): void;
}

export interface OccupancyParts {
  /** People of a performance whom the cloud says are inside. */
  readonly inside: (performance: string) => number;
  readonly passages: () => Iterable<LocalPassage>;
  /** What passages change at the people inside on a ticket. */
  readonly change: (ticket: string) => number;
}

export function createOccupancy({ inside, passages, change }: OccupancyParts): Occupancy {
  const counted = new Map<string, number>();
  return {
    of(performance) {
      const known = counted.get(performance);
      if (known !== undefined) return known;
      let people = inside(performance);
      const seen = new Set<string>();
      for (const { performance: of, ticket } of passages()) {
        if (of !== performance || seen.has(ticket)) continue;
        seen.add(ticket);
        people += change(ticket);
      }
      counted.set(performance, people);
      return people;
    },
    around({ performance = '', ticket }, add) {
      const people = counted.get(performance);
      const before = people === undefined ? 0 : change(ticket);
      if (add() && people !== undefined) counted.set(performance, people - before + change(ticket));
    },
    clear: () => counted.clear(),
  };
}
