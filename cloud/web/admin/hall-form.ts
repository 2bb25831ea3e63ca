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

export interface HallDraft {
  readonly name: string;
  readonly ranks: readonly { readonly name: string }[];
  readonly rows: readonly RowsForm[];
  /** By `id` of the seat. */
  readonly marks: Readonly<Record<string, Mark>>;
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

/** Ids of ranks as the cloud takes them, made of their names. */
export function rankIds(ranks: readonly { readonly name: string }[]): string[] {
  const ids: string[] = [];
  for (const { name } of ranks) {
    const plain = name.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
    const short = plain.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const slug = short.replace(/^-|-$/g, '').slice(0, 36) || 'rank';
    ids.push(ids.includes(slug) ? `${slug}-${ids.length + 1}` : slug);
  }
  return ids;
}

/** All seats of a draft, from the front, those that were taken out marked `gone`. */
export function seatsOf(draft: HallDraft): readonly DraftSeat[] | RowsFault {
  const ids = rankIds(draft.ranks);
  const seats: DraftSeat[] = [];
  const known = new Set<string>();
  const lines = new Map<string, { line: number; next: number }>();
  for (const [at, form] of draft.rows.entries()) {
    const rows = rowsBetween(form.from, form.to);
    if (!rows) return { at, fault: 'rows' };
    const numbers = numbersOf(form);
    if (!numbers) return { at, fault: 'numbers' };
    if (seats.length + rows.length * numbers.length > SEATS_MAX) return { at, fault: 'many' };
    const aisles = new Set(form.aisles.split(/[\s,;]+/));
    const rank = ids[form.rank] ?? ids[0] ?? '';
    for (const row of rows) {
      const line = lines.get(row) ?? { line: lines.size, next: 0 };
      let place = line.next + Math.max(0, form.indent ?? 0);
      for (const [n, number] of numbers.entries()) {
        const id = `${row}/${number}`;
        if (known.has(id)) return { at, fault: 'twice', seat: `${row} ${number}` };
        known.add(id);
        const door = form.door.trim() || null;
        const name = { id, rank, row, number: String(number), door };
        seats.push({ ...name, line: line.line, place, mark: draft.marks[id] });
        // from the right an aisle lies on the other side of its seat
        const beside = form.lowest === 'left' ? number : numbers[n + 1];
        place += aisles.has(String(beside)) ? 2 : 1;
      }
      // whatever else this row gets lies behind an aisle
      lines.set(row, { line: line.line, next: place + 1 });
    }
  }
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
