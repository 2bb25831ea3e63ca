import type { SeatView } from './api.ts';

/** A seat with its place on the drawing, in units of one seat. */
export interface Drawn extends SeatView {
  readonly x: number;
  readonly y: number;
}

export interface Plan {
  readonly seats: readonly Drawn[];
  readonly rows: readonly { readonly name: string; readonly y: number }[];
  /** Seats across and from front to back. */
  readonly width: number;
  readonly height: number;
}

/** Lays seats out: lines from the front to the back, empty lines and sides taken off. */
export function planOf(seats: readonly SeatView[]): Plan {
  const lines = [...new Set(seats.map(({ line }) => line))].sort((a, b) => a - b);
  const left = Math.min(...seats.map(({ place }) => place));
  const yOf = new Map(lines.map((line, n) => [line, n]));
  const drawn = seats.map((seat) => ({
    ...seat,
    x: seat.place - left,
    y: yOf.get(seat.line) ?? 0,
  }));
  const rows = lines.map((line, y) => {
    const names = new Set(seats.filter((seat) => seat.line === line).map(({ row }) => row));
    return { name: [...names].join('/'), y };
  });
  const width = seats.length === 0 ? 0 : Math.max(...drawn.map(({ x }) => x)) + 1;
  return { seats: drawn, rows, width, height: lines.length };
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The seat that an arrow key leads to: the next in its line, or the nearest of the next line. */
export function neighbour({ seats }: Plan, from: Drawn, direction: Direction): Drawn | undefined {
  if (direction === 'left' || direction === 'right') {
    const sign = direction === 'left' ? -1 : 1;
    const line = seats.filter((seat) => seat.y === from.y && (seat.x - from.x) * sign > 0);
    return nearest(line, (seat) => Math.abs(seat.x - from.x));
  }
  const sign = direction === 'up' ? -1 : 1;
  const beyond = seats.filter((seat) => (seat.y - from.y) * sign > 0);
  return nearest(beyond, (seat) => Math.abs(seat.y - from.y) * 10_000 + Math.abs(seat.x - from.x));
}

function nearest(seats: readonly Drawn[], distance: (seat: Drawn) => number): Drawn | undefined {
  let best: Drawn | undefined;
  for (const seat of seats) if (!best || distance(seat) < distance(best)) best = seat;
  return best;
}

/**
 * What is asked for when every chosen seat has a ticket type of its own. The cloud gives types to
 * seats in the order of the hall, so they are named in that order.
 * @param chosen ticket type by seat
 */
export function wishOfSeats(
  seats: readonly SeatView[],
  chosen: ReadonlyMap<string, string>,
): { seats: string[]; tickets: { type: string; count: number }[] } {
  const own = seats.filter(({ id }) => chosen.has(id));
  const tickets: { type: string; count: number }[] = [];
  for (const { id } of own) {
    const type = chosen.get(id) as string;
    const last = tickets.at(-1);
    if (last?.type === type) last.count += 1;
    else tickets.push({ type, count: 1 });
  }
  return { seats: own.map(({ id }) => id), tickets };
}
