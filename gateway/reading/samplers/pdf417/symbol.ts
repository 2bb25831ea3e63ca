import { FIELD_929 } from '../field.ts';
import { correct } from '../reed-solomon.ts';
import { type Cells, likenessOf } from './cells.ts';
import { textOf } from './text.ts';
import { type Match, words } from './words.ts';

/** Indicators have to agree with this share of their weight on what the symbol is. */
const AGREEING = 0.4;
/** Of the check words so many are never used up, so that noise is not corrected into a text. */
const SPARE_LEAST = 2;
const SPARE_SHARE = 0.1;
/** What was read has to look like this where it was not erased, in the middle of all. */
const LIKENESS = 0.5;
const WORDS_MOST = 928;

/** What the indicators say of a symbol. */
interface Shape {
  /** The row that the first of the cells is, in the left indicator's column and the right one's. */
  readonly left: number;
  readonly right: number;
  readonly rows: number;
  readonly checks: number;
}

/**
 * Decodes the cells of a symbol; the first and the last column are its indicators. Columns may
 * begin rows apart from one another: each tells by its clusters and the indicators which is which.
 * Cost: 10 µs a cell four times, and Reed-Solomon up to seven times: 5 ms for a ticket's symbol.
 *
 * @returns undefined unless the indicators agree, the words can be corrected with some to spare and
 * look like what was seen
 */
export function decode(cells: Cells): string | undefined {
  const last = cells.columns - 1;
  const kernel = words();
  kernel.take(cells);
  const known = Array.from({ length: cells.columns }, (_, column) => kernel.column(column));
  const phases = known.map(({ phase }) => phase);
  const columns = known.map(({ matches }) => matches);
  const shape = shapeOf(columns[0]!, columns[last]!, phases[0]!, phases[last]!, cells.columns - 2);
  if (!shape) return undefined;
  const between = shape.right - shape.left;
  const firstRows = phases.map((phase, column) => {
    const expected = shape.left + (between * column) / last;
    return phase + 3 * Math.round((expected - phase) / 3);
  });
  return wordsOf(cells, columns, firstRows, shape);
}

/** Ballots that weigh differently. */
class Votes {
  readonly #votes = new Map<number, number>();

  add(value: number, weight: number): void {
    this.#votes.set(value, (this.#votes.get(value) ?? 0) + weight);
  }

  /** The value that has most, if it has enough of all and more than one ballot's worth. */
  winner(): number | undefined {
    let [best, most, sum]: [number | undefined, number, number] = [undefined, 0, 0];
    for (const [value, weight] of this.#votes) {
      sum += weight;
      if (weight > most) [best, most] = [value, weight];
    }
    return most >= AGREEING * sum ? best : undefined;
  }
}

/** Left: rows, level, columns by cluster; right: columns, rows, level (ISO/IEC 15438 5.11). */
function shapeOf(
  left: readonly Match[],
  right: readonly Match[],
  leftPhase: number,
  rightPhase: number,
  dataColumns: number,
): Shape | undefined {
  const thirds = new Votes();
  const levels = new Votes();
  const columns = new Votes();
  const firsts = [left, right].map((side, k) => {
    const first = new Votes();
    side.forEach(({ word, lead, likeness }, i) => {
      const cluster = (i + (k === 0 ? leftPhase : rightPhase)) % 3;
      const weight = lead * likeness ** 4;
      first.add(3 * Math.floor(word / 30) + cluster - i, weight);
      const says = (cluster - k + 3) % 3;
      if (says === 0) thirds.add(word % 30, weight);
      else if (says === 1) levels.add(word % 30, weight);
      else columns.add((word % 30) + 1, weight);
    });
    return first.winner();
  });
  const third = thirds.winner();
  const level = levels.winner();
  const first = firsts[0] ?? firsts[1];
  if (first === undefined || third === undefined || level === undefined) return undefined;
  if (columns.winner() !== dataColumns || Math.floor(level / 3) > 8) return undefined;
  const rows = 3 * third + (level % 3) + 1;
  const checks = 2 ** (Math.floor(level / 3) + 1);
  const total = rows * dataColumns;
  if (rows < 3 || rows > 90 || total > WORDS_MOST || checks + 2 > total) return undefined;
  return { left: firsts[0] ?? first, right: firsts[1] ?? first, rows, checks };
}

interface Word {
  readonly place: number;
  readonly match: Match;
}

function wordsOf(
  cells: Cells,
  columns: readonly Match[][],
  firstRows: readonly number[],
  { rows, checks }: Shape,
): string | undefined {
  const dataColumns = cells.columns - 2;
  const read = new Uint16Array(rows * dataColumns);
  const known: Word[] = [];
  columns.slice(1, -1).forEach((matches, column) => {
    matches.forEach((match, i) => {
      const row = i + firstRows[column + 1]!;
      if (row < 0 || row >= rows) return;
      const place = row * dataColumns + column;
      read[place] = match.word;
      known.push({ place, match });
    });
  });
  known.sort((a, b) => a.match.lead - b.match.lead);
  const seen = new Set(known.map(({ place }) => place));
  const missing = Array.from(read.keys()).filter((place) => !seen.has(place));
  const spare = Math.max(SPARE_LEAST, Math.ceil(SPARE_SHARE * checks));
  const room = checks - spare - missing.length;
  if (room < 0) return undefined;
  // Erasing the least sure words costs one check word each, an unnoticed wrong one costs two.
  for (let part = 0; part <= 6; part++) {
    const erased = known.slice(0, Math.round((room * part) / 6)).map(({ place }) => place);
    const erasures = [...missing, ...erased];
    const words = read.slice();
    const errors = correct(words, { field: FIELD_929, checks, firstRoot: 1 }, erasures);
    if (errors === undefined || 2 * errors + erasures.length > checks - spare) continue;
    if (words[0] !== words.length - checks) continue;
    if (!looksLike(cells, words, firstRows, new Set(erasures))) continue;
    return textOf(words.subarray(0, words.length - checks));
  }
  return undefined;
}

function looksLike(
  cells: Cells,
  words: Uint16Array,
  firstRows: readonly number[],
  erased: Set<number>,
): boolean {
  const dataColumns = cells.columns - 2;
  const likeness: number[] = [];
  for (let place = 0; place < words.length; place++) {
    const actual = Math.floor(place / dataColumns);
    const column = 1 + (place % dataColumns);
    const row = actual - firstRows[column]!;
    if (erased.has(place) || row < 0 || row >= cells.rows) continue;
    likeness.push(likenessOf(cells, row, column, actual % 3, words[place]!));
  }
  likeness.sort((a, b) => a - b);
  return (likeness[likeness.length >> 1] ?? 0) >= LIKENESS;
}
