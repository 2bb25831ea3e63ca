/** A seat as the shop and the box office draw it. */
export interface Seat {
  readonly id: string;
  readonly rank: string;
  readonly row: string;
  readonly number: string;
  /** From the front. */
  readonly line: number;
  /** Along the line; a missing one is an aisle. */
  readonly place: number;
  readonly wheelchair: boolean;
  readonly free: boolean;
}

/** Rule B5: yellow in the basket, green free, red sold, grey not available. */
export type SeatLook = 'chosen' | 'free' | 'sold' | 'blocked';

export function lookOf(
  seat: Seat,
  chosen: ReadonlySet<string>,
  blocked: ReadonlySet<string>,
): SeatLook {
  if (chosen.has(seat.id)) return 'chosen';
  if (seat.free) return 'free';
  return blocked.has(seat.id) ? 'blocked' : 'sold';
}

/** Lines of seats from the front, each in its order, with their columns in a grid from 1. */
export function linesOf<T extends Pick<Seat, 'row' | 'line' | 'place'>>(seats: readonly T[]) {
  const least = Math.min(...seats.map(({ place }) => place));
  const lines = Map.groupBy(seats, ({ line }) => line);
  return [...lines]
    .sort(([a], [b]) => a - b)
    .map(([line, list]) => ({
      line,
      row: list[0]?.row ?? '',
      seats: list
        .toSorted((a, b) => a.place - b.place)
        .map((seat) => ({ seat, column: seat.place - least + 1 })),
    }));
}
