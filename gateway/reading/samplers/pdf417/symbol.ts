import { FIELD_929 } from '../field.ts';
import { correct } from '../reed-solomon.ts';
import { type Cells, likenessOf, type Match, matchOf } from './cells.ts';
import { textOf } from './text.ts';

/** Indicators have to agree with this share of their weight on what the symbol is. */
const AGREE_MIN = 0.4;
/** Of the check words so many are never used up, so that noise is not corrected into a text. */
const SPARE_MIN = 2;
const SPARE_SHARE = 0.1;
/** What was read has to look like this where it was not erased, in the middle of all. */
const LIKENESS_MIN = 0.5;
const WORDS_MAX = 928;

/** What the indicators say of a symbol. */
interface Shape {
  /** The row that the first row of cells is. */
  readonly firstRow: number;
  readonly rows: number;
  readonly checks: number;
}

/**
 * Decodes the cells of a symbol; the first and the last column are its indicators.
 * Cost: 10 µs a cell, and Reed-Solomon up to eight times: 2 ms for a ticket's symbol.
 *
 * @returns undefined unless the indicators agree, the words can be corrected with some to spare and
 * look like what was seen
 */
export function decode(cells: Cells): string | undefined {
  const phase = phaseOf(cells);
  const matches: Match[][] = Array.from({ length: cells.rows }, (_, row) =>
    Array.from({ length: cells.columns }, (_, column) =>
      matchOf(cells, row, column, (row + phase) % 3),
    ),
  );
  const shape = shapeOf(cells, matches, phase);
  return shape && wordsOf(cells, matches, shape);
}

/** Which cluster the first row is of: the one whose patterns all rows are most like. */
function phaseOf(cells: Cells): number {
  const sums = [0, 1, 2].map((phase) => {
    let sum = 0;
    for (let row = 0; row < cells.rows; row++) {
      for (const column of [0, cells.columns - 1]) {
        sum += matchOf(cells, row, column, (row + phase) % 3).likeness ** 4;
      }
    }
    return sum;
  });
  return sums.indexOf(Math.max(...sums));
}

class Votes {
  readonly #votes = new Map<number, number>();
  #sum = 0;

  add(value: number, weight: number): void {
    this.#votes.set(value, (this.#votes.get(value) ?? 0) + weight);
    this.#sum += weight;
  }

  /** The value with most of the weight; undefined where that is less than its share. */
  winner(): number | undefined {
    const [best] = [...this.#votes].sort((a, b) => b[1] - a[1]);
    return best && best[1] >= AGREE_MIN * this.#sum ? best[0] : undefined;
  }
}

/** Left: rows, level, columns by cluster; right: columns, rows, level (ISO/IEC 15438 5.11). */
function shapeOf(cells: Cells, matches: readonly Match[][], phase: number): Shape | undefined {
  const dataColumns = cells.columns - 2;
  const first = new Votes();
  const thirds = new Votes();
  const levels = new Votes();
  const columns = new Votes();
  matches.forEach((row, i) => {
    const cluster = (i + phase) % 3;
    [row[0]!, row[cells.columns - 1]!].forEach(({ word, lead, likeness }, side) => {
      const weight = lead * likeness ** 2;
      first.add(3 * Math.floor(word / 30) + cluster - i, weight);
      const says = (cluster - side + 3) % 3;
      if (says === 0) thirds.add(word % 30, weight);
      else if (says === 1) levels.add(word % 30, weight);
      else columns.add((word % 30) + 1, weight);
    });
  });
  const firstRow = first.winner();
  const third = thirds.winner();
  const level = levels.winner();
  if (firstRow === undefined || third === undefined || level === undefined) return undefined;
  if (columns.winner() !== dataColumns || Math.floor(level / 3) > 8) return undefined;
  const rows = 3 * third + (level % 3) + 1;
  const checks = 2 ** (Math.floor(level / 3) + 1);
  const total = rows * dataColumns;
  if (rows < 3 || rows > 90 || total > WORDS_MAX || checks + 2 > total) return undefined;
  if (firstRow >= rows || firstRow + cells.rows <= 0) return undefined;
  return { firstRow, rows, checks };
}

interface Word {
  readonly place: number;
  readonly match: Match;
}

function wordsOf(cells: Cells, matches: readonly Match[][], shape: Shape): string | undefined {
  const { firstRow, rows, checks } = shape;
  const dataColumns = cells.columns - 2;
  const read = new Uint16Array(rows * dataColumns);
  const known: Word[] = [];
  matches.forEach((row, i) => {
    const actual = i + firstRow;
    if (actual < 0 || actual >= rows) return;
    for (let column = 0; column < dataColumns; column++) {
      const place = actual * dataColumns + column;
      const match = row[column + 1]!;
      read[place] = match.word;
      known.push({ place, match });
    }
  });
  known.sort((a, b) => a.match.lead - b.match.lead);
  const seen = new Set(known.map(({ place }) => place));
  const missing = Array.from(read.keys()).filter((place) => !seen.has(place));
  const spare = Math.max(SPARE_MIN, Math.ceil(SPARE_SHARE * checks));
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
    if (!looksLike(cells, words, shape, new Set(erasures))) continue;
    return textOf(words.subarray(0, words.length - checks));
  }
  return undefined;
}

function looksLike(cells: Cells, words: Uint16Array, shape: Shape, erased: Set<number>): boolean {
  const dataColumns = cells.columns - 2;
  const likeness: number[] = [];
  for (let place = 0; place < words.length; place++) {
    const actual = Math.floor(place / dataColumns);
    const row = actual - shape.firstRow;
    if (erased.has(place) || row < 0 || row >= cells.rows) continue;
    likeness.push(likenessOf(cells, row, 1 + (place % dataColumns), actual % 3, words[place]!));
  }
  likeness.sort((a, b) => a - b);
  return (likeness[likeness.length >> 1] ?? 0) >= LIKENESS_MIN;
}
