/** Rows that are made in one go: `A` to `F`, each with seats 1 to 20. */
export interface RowsForm {
  /** Position of the rank in the list of ranks. */
  rank: number;
  from: string;
  to: string;
  first: number | null;
  last: number | null;
  numbers: 'all' | 'odd' | 'even';
  /** Where the lowest number is. */
  lowest: 'left' | 'right';
  /** Numbers after which there is an aisle: `6, 14`. */
  aisles: string;
  /** Empty places before the row. */
  indent: number | null;
  door: string;
}

export type Mark = 'wheelchair' | 'companion' | 'gone';

export interface DraftSeat {
  /** Row and number; a hall has each once. */
  readonly id: string;
  readonly rank: string;
  readonly row: string;
  readonly number: string;
  readonly line: number;
  readonly place: number;
  readonly door: string | null;
  readonly mark: Mark | undefined;
}

/** A hall as the cloud gives it. */
export interface Hall {
  readonly id: string;
  readonly name: string;
  readonly ranks: readonly { readonly id: string; readonly name: string }[];
  readonly seats: readonly (Omit<DraftSeat, 'mark'> & {
    readonly wheelchair: boolean;
    readonly companion: boolean;
  })[];
}

export interface DraftRank {
  /** Of a rank that the hall has already. */
  id?: string;
  name: string;
}

export interface HallDraft {
  readonly name: string;
  readonly ranks: readonly Readonly<DraftRank>[];
  readonly rows: readonly RowsForm[];
  /** Whether new rows lie before those that the hall has. */
  readonly front: boolean;
  /** By `id` of the seat. */
  readonly marks: Readonly<Record<string, Mark>>;
  /** Seats that were put into another rank: its position, by `id` of the seat. */
  readonly moved: Readonly<Record<string, number>>;
}

/** What is wrong with rows, and with which of them. */
export interface RowsFault {
  readonly at: number;
  readonly fault: 'rows' | 'numbers' | 'many' | 'twice';
  readonly seat?: string;
}

/** As many as the cloud takes. */
export const SEATS_MAX = 20_000;
const ROWS_MAX = 200;
const NUMBER_MAX = 1_000;

export const emptyRows = (): RowsForm => ({
  ...{ rank: 0, from: 'A', to: 'A', first: 1, last: 20, numbers: 'all', lowest: 'left' },
  ...{ aisles: '', indent: 0, door: '' },
});

/** Names of rows from one to another, letters or numbers; `undefined` where there is no way. */
export function rowsBetween(from: string, to: string): string[] | undefined {
  const [a, b] = [from.trim(), to.trim()];
  if (a === '') return undefined;
  if (b === '' || a === b) return [a];
  if (/^\d+$/.test(a) && /^\d+$/.test(b)) return counted(Number(a), Number(b), String);
  if (/^[A-Z]+$/.test(a) && /^[A-Z]+$/.test(b)) return counted(ordinal(a), ordinal(b), letters);
  return undefined;
}

function counted(from: number, to: number, name: (n: number) => string): string[] | undefined {
  const count = Math.abs(to - from) + 1;
  if (count > ROWS_MAX) return undefined;
  return Array.from({ length: count }, (_, n) => name(to < from ? from - n : from + n));
}

/** A is 1, Z is 26, AA is 27. */
const ordinal = (text: string) =>
  [...text].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);

function letters(n: number): string {
  const rest = (n - 1) % 26;
  const before = (n - 1 - rest) / 26;
  return (before > 0 ? letters(before) : '') + String.fromCharCode(65 + rest);
}

/** Ids of ranks as the cloud takes them: those they have, or made of their names. */
export function rankIds(ranks: readonly Readonly<DraftRank>[]): string[] {
  const ids: string[] = [];
  const given = ranks.flatMap(({ id }) => id ?? []);
  for (const { id, name } of ranks) {
    if (id !== undefined) {
      ids.push(id);
      continue;
    }
    const plain = name.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
    const short = plain.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const slug = short.replace(/^-|-$/g, '').slice(0, 36) || 'rank';
    const isTaken = given.includes(slug) || ids.includes(slug);
    ids.push(isTaken ? `${slug}-${ids.length + 1}` : slug);
  }
  return ids;
}

const markOf = (seat: { wheelchair: boolean; companion: boolean }): Mark | undefined =>
  seat.wheelchair ? 'wheelchair' : seat.companion ? 'companion' : undefined;

/** Seats of a hall as they are drawn. */
export function drawn({ seats }: Pick<Hall, 'seats'>): DraftSeat[] {
  return seats.map(({ wheelchair, companion, ...seat }) => ({
    ...seat,
    ...{ id: `${seat.row}/${seat.number}`, mark: markOf({ wheelchair, companion }) },
  }));
}

/** A draft that changes nothing of a hall yet. */
export function draftOf(hall: Hall) {
  const marks: Record<string, Mark> = {};
  for (const { id, mark } of drawn(hall)) if (mark) marks[id] = mark;
  return { name: hall.name, ranks: hall.ranks.map((rank) => ({ ...rank })), marks };
}

/**
 * All seats of a draft, from the front, those that were taken out marked `gone`.
 * @param standing seats that the hall has already
 */
export function seatsOf(
  draft: HallDraft,
  standing: readonly DraftSeat[] = [],
): readonly DraftSeat[] | RowsFault {
  const ids = rankIds(draft.ranks);
  const seats = [...standing];
  const known = new Set(standing.map(({ id }) => id));
  const lines = linesOf(standing);
  const end = 1 + Math.max(-1, ...[...lines.values()].map(({ line }) => line));
  let added = 0;
  const lineOf = (row: string) => {
    const own = lines.get(row) ?? { line: end + added++, next: 0 };
    lines.set(row, own);
    return own;
  };
  for (const [at, form] of draft.rows.entries()) {
    const rows = rowsBetween(form.from, form.to);
    if (!rows) return { at, fault: 'rows' };
    const numbers = numbersOf(form);
    if (!numbers) return { at, fault: 'numbers' };
    if (seats.length + rows.length * numbers.length > SEATS_MAX) return { at, fault: 'many' };
    const rank = ids[form.rank] ?? ids[0] ?? '';
    for (const row of rows) {
      for (const seat of rowOf(form, numbers, row, lineOf(row))) {
        if (known.has(seat.id)) return { at, fault: 'twice', seat: `${row} ${seat.number}` };
        known.add(seat.id);
        seats.push({ ...seat, rank });
      }
    }
  }
  const toFront = (line: number) => (line < end ? line + added : line - end);
  return seats.map((seat) => ({
    ...seat,
    line: draft.front ? toFront(seat.line) : seat.line,
    rank: ids[draft.moved[seat.id] ?? -1] ?? seat.rank,
    mark: draft.marks[seat.id],
  }));
}

/** Lines by the names of their rows; what a row gets beside its seats lies behind an aisle. */
function linesOf(seats: readonly DraftSeat[]): Map<string, { line: number; next: number }> {
  const lines = new Map<string, { line: number; next: number }>();
  for (const { row, line, place } of seats) {
    const next = Math.max(place + 2, lines.get(row)?.next ?? 0);
    lines.set(row, { line: Math.max(line, lines.get(row)?.line ?? 0), next });
  }
  return lines;
}

function rowOf(
  form: RowsForm,
  numbers: readonly number[],
  row: string,
  line: { readonly line: number; next: number },
): Omit<DraftSeat, 'rank'>[] {
  const aisles = new Set(form.aisles.split(/[\s,;]+/));
  let place = line.next + Math.max(0, form.indent ?? 0);
  const seats = numbers.map((number, n) => {
    const at = place;
    // from the right an aisle lies on the other side of its seat
    const beside = form.lowest === 'left' ? number : numbers[n + 1];
    place += aisles.has(String(beside)) ? 2 : 1;
    const name = { id: `${row}/${number}`, row, number: String(number) };
    return { ...name, line: line.line, place: at, door: form.door.trim() || null, mark: undefined };
  });
  // whatever else this row gets lies behind an aisle
  line.next = place + 1;
  return seats;
}

function numbersOf({ first, last, numbers, lowest }: RowsForm): number[] | undefined {
  if (first === null || last === null || first < 0 || last < first) return undefined;
  if (last - first >= NUMBER_MAX) return undefined;
  const all = Array.from({ length: last - first + 1 }, (_, n) => first + n).filter(
    (n) => numbers === 'all' || (n % 2 === 1) === (numbers === 'odd'),
  );
  if (all.length === 0) return undefined;
  return lowest === 'left' ? all : all.reverse();
}

export const isFault = (made: readonly DraftSeat[] | RowsFault): made is RowsFault =>
  'fault' in made;

/** A hall as the cloud takes it. */
export function hallBody(draft: HallDraft, seats: readonly DraftSeat[]) {
  const ids = rankIds(draft.ranks);
  return {
    name: draft.name.trim(),
    ranks: draft.ranks.map(({ name }, n) => ({ id: ids[n] ?? '', name: name.trim() })),
    seats: seats
      .filter(({ mark }) => mark !== 'gone')
      .map(({ id, mark, ...seat }) => ({
        ...seat,
        ...{ wheelchair: mark === 'wheelchair', companion: mark === 'companion' },
      })),
  };
}
