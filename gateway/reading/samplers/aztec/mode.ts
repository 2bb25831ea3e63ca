import { checksOf, FIELDS } from './fields.ts';
import { DARK, LAYERS_MOST, layoutOf, modeRing } from './layout.ts';

/** What a symbol's mode message says. */
export interface Mode {
  readonly compact: boolean;
  readonly layers: number;
  /** Data words; the others check. */
  readonly data: number;
  /** How like it the modules are: 1 at most. */
  readonly score: number;
}

/** A mode and how many quarter turns clockwise the symbol is turned against what was seen. */
export interface TurnedMode extends Mode {
  readonly turn: number;
}

/** A symbol with fewer bits of data, or with fewer words that check, tells too little. */
const DATA_BITS_LEAST = 20;
const CHECKS_LEAST = 3;

interface Message {
  readonly layers: number;
  readonly data: number;
  /** Its bits by fours, the checks behind the others. */
  readonly fours: Uint8Array;
}

/** All mode messages that symbols of a kind may have. */
function messages(compact: boolean): Message[] {
  const all: Message[] = [];
  for (let layers = 1; layers <= (compact ? 4 : LAYERS_MOST); layers++) {
    const { bits, words } = layoutOf(compact, layers);
    const most = Math.min(compact ? 64 : 2048, words - CHECKS_LEAST);
    for (let data = Math.ceil(DATA_BITS_LEAST / bits); data <= most; data++) {
      all.push({ layers, data, fours: messageOf(compact, layers, data) });
    }
  }
  return all;
}

/** The mode message of a symbol by fours of bits. */
export function messageOf(compact: boolean, layers: number, data: number): Uint8Array {
  const value = ((layers - 1) << (compact ? 6 : 11)) | (data - 1);
  const words = (compact ? [4, 0] : [12, 8, 4, 0]).map((by) => (value >> by) & 15);
  return Uint8Array.from([...words, ...checksOf(words, compact ? 5 : 6, FIELDS[4]!)]);
}

let made: { compact: Message[]; full: Message[] } | undefined;

/**
 * The modes that a core's modules are most like, each turn's, the likeliest first.
 * @param least how like one they have to be
 * @param core 11 × 11 modules about the middle, 15 × 15 of a full symbol: above 0 dark
 */
export function modesOf(
  core: Float32Array,
  compact: boolean,
  turns: readonly number[],
  least: number,
): TurnedMode[] {
  const rings = turns.map((turn) => ({ turn, ...ringOf(core, compact, turn) }));
  const marked = Math.max(...rings.map(({ marks }) => marks)) - MARKS_LESS;
  const modes = rings
    .filter(({ marks }) => marks >= marked)
    .flatMap(({ seen, marks, turn }) => likest(seen, marks, compact, turn, least));
  return modes.sort((a, b) => b.score - a.score);
}

/** Every layout's ring of the mode message is alike but for its place. */
const CORES = { compact: layoutOf(true, 1), full: layoutOf(false, 1) };

/** The mode message's modules of a turned symbol, and how like its marks theirs are, summed up. */
function ringOf(core: Float32Array, compact: boolean, turn: number) {
  const { size, mode, known } = compact ? CORES.compact : CORES.full;
  const ring = modeRing(compact);
  const wide = 2 * ring + 1;
  const middle = size >> 1;
  const at = (place: number) => {
    let dx = (place % size) - middle;
    let dy = Math.floor(place / size) - middle;
    for (let i = 0; i < turn; i++) [dx, dy] = [-dy, dx];
    return Math.max(-1, Math.min(1, core[(ring + dy) * wide + ring + dx]!));
  };
  let marks = 0;
  for (const x of [-ring, 1 - ring, ring - 1, ring]) {
    for (const y of [-ring, 1 - ring, ring - 1, ring]) {
      if (Math.max(Math.abs(x), Math.abs(y)) < ring) continue;
      const place = (middle + y) * size + middle + x;
      marks += known[place] === DARK ? at(place) : -at(place);
    }
  }
  return { seen: Float32Array.from(mode, at), marks };
}

const MARKS = 12;
/** How much less than another turn's its marks may be like what they have to be. */
const MARKS_LESS = 7;
const KEPT = 3;

/** The messages that a ring is most like: each four of its bits is compared with all sixteen. */
function likest(
  seen: Float32Array,
  marks: number,
  compact: boolean,
  turn: number,
  least: number,
): TurnedMode[] {
  made ??= { compact: messages(true), full: messages(false) };
  const count = seen.length / 4;
  const sums = new Float32Array(16 * count);
  for (let i = 0; i < sums.length; i++) {
    for (let bit = 0; bit < 4; bit++) {
      const value = seen[(i >> 4) * 4 + bit]!;
      sums[i] = sums[i]! + ((i >> (3 - bit)) & 1 ? value : -value);
    }
  }
  const best: TurnedMode[] = [];
  const length = seen.length + MARKS;
  if ((marks + most(sums)) / length < least) return best;
  for (const { layers, data, fours } of compact ? made.compact : made.full) {
    let sum = marks;
    for (let i = 0; i < count; i++) sum += sums[16 * i + fours[i]!]!;
    const score = sum / length;
    if (score < least || (best.length === KEPT && score <= best[KEPT - 1]!.score)) continue;
    if (best.length === KEPT) best.pop();
    best.push({ compact, layers, data, turn, score });
    best.sort((a, b) => b.score - a.score);
  }
  return best;
}

/** What any message at all could come to. */
function most(sums: Float32Array): number {
  let all = 0;
  for (let i = 0; i < sums.length; i += 16) all += Math.max(...sums.subarray(i, i + 16));
  return all;
}
