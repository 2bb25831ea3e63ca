/** What a module of a symbol is for. */
export const DATA = 0;
/** Known light, known dark: finders, timing, alignment. */
export const LIGHT = 1;
export const DARK = 2;
/** Format and version information: neither data nor known. */
const INFORMATION = 3;

/** Larger symbols are not what stands on tickets, and cost more than they are worth. */
export const VERSION_MOST = 25;
export const LEVELS = ['L', 'M', 'Q', 'H'] as const;
export type Level = (typeof LEVELS)[number];

/** Check words of each block by version from 1 (ISO/IEC 18004 table 9). */
const CHECKS: Readonly<Record<Level, readonly number[]>> = {
  L: [
    7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30,
    26,
  ],
  M: [
    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28,
    28,
  ],
  Q: [
    13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30,
    30,
  ],
  H: [
    17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30,
    30,
  ],
};
/** Blocks by version. */
const BLOCKS: Readonly<Record<Level, readonly number[]>> = {
  L: [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12],
  M: [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21],
  Q: [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29],
  H: [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35],
};

/** The layout of one version of the symbol. */
export interface Version {
  readonly number: number;
  /** Modules along a side. */
  readonly size: number;
  /** What each module is for, row by row. */
  readonly uses: Uint8Array;
  /** Places of the data modules in the order of their bits. */
  readonly order: Uint16Array;
}

const made = new Map<number, Version>();

/** The layout of a version from 1 to 25; made once. */
export function versionOf(number: number): Version {
  let version = made.get(number);
  if (!version) {
    const size = 17 + 4 * number;
    const uses = usesOf(number, size);
    version = { number, size, uses, order: orderOf(uses, size) };
    made.set(number, version);
  }
  return version;
}

/** Blocks of a version and level, the check words of each, and all words there are. */
export function blocksOf(version: Version, level: Level) {
  const words = version.order.length >> 3;
  const blocks = BLOCKS[level][version.number - 1]!;
  return { words, blocks, checks: CHECKS[level][version.number - 1]! };
}

/** Where alignment patterns have their centres, in each direction. */
function alignments(number: number, size: number): number[] {
  if (number === 1) return [];
  const count = Math.floor(number / 7) + 2;
  const step = Math.ceil((size - 13) / (2 * count - 2)) * 2;
  const places = Array.from({ length: count - 1 }, (_, i) => size - 7 - i * step).reverse();
  return [6, ...places];
}

function usesOf(number: number, size: number): Uint8Array {
  const uses = new Uint8Array(size * size);
  const set = (x: number, y: number, use: number) => {
    if (x >= 0 && y >= 0 && x < size && y < size) uses[y * size + x] = use;
  };
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0 ? DARK : LIGHT);
    set(i, 6, i % 2 === 0 ? DARK : LIGHT);
  }
  const rings = (cx: number, cy: number, reach: number, light: number) => {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        set(cx + dx, cy + dy, ring === light || ring === 4 ? LIGHT : DARK);
      }
    }
  };
  const places = alignments(number, size);
  for (const x of places) {
    for (const y of places) {
      const atFinder = (x === 6 && (y === 6 || y === size - 7)) || (x === size - 7 && y === 6);
      if (!atFinder) rings(x, y, 2, 1);
    }
  }
  for (let i = 0; i < 9; i++) {
    set(i, 8, uses[8 * size + i] || INFORMATION);
    set(8, i, uses[i * size + 8] || INFORMATION);
  }
  for (let i = 0; i < 8; i++) {
    set(size - 1 - i, 8, INFORMATION);
    set(8, size - 1 - i, INFORMATION);
  }
  if (number >= 7) {
    for (let i = 0; i < 18; i++) {
      set(Math.floor(i / 3), size - 11 + (i % 3), INFORMATION);
      set(size - 11 + (i % 3), Math.floor(i / 3), INFORMATION);
    }
  }
  set(8, size - 8, DARK);
  rings(3, 3, 4, 2);
  rings(size - 4, 3, 4, 2);
  rings(3, size - 4, 4, 2);
  return uses;
}

/** Two columns at a time from the right, up and down in turn, past the timing column. */
function orderOf(uses: Uint8Array, size: number): Uint16Array {
  const order: number[] = [];
  let upwards = true;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let i = 0; i < size; i++) {
      const y = upwards ? size - 1 - i : i;
      for (const x of [right, right - 1]) if (uses[y * size + x] === DATA) order.push(y * size + x);
    }
    upwards = !upwards;
  }
  return Uint16Array.from(order);
}

/** Whether a mask turns a module over. */
export function masked(mask: number, x: number, y: number): boolean {
  switch (mask) {
    case 0:
      return (x + y) % 2 === 0;
    case 1:
      return y % 2 === 0;
    case 2:
      return x % 3 === 0;
    case 3:
      return (x + y) % 3 === 0;
    case 4:
      return (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0;
    case 5:
      return ((x * y) % 2) + ((x * y) % 3) === 0;
    case 6:
      return (((x * y) % 2) + ((x * y) % 3)) % 2 === 0;
    default:
      return (((x + y) % 2) + ((x * y) % 3)) % 2 === 0;
  }
}

/** The 15 bits of format information by level and mask: BCH(15, 5), turned over by a pattern. */
export function formatBits(level: Level, mask: number): number {
  const data = ({ L: 1, M: 0, Q: 3, H: 2 }[level] << 3) | mask;
  let rest = data;
  for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  return ((data << 10) | rest) ^ 0x5412;
}

/** Where both copies of the format's bits are, the lowest bit first, as x and y. */
export function formatPlaces(size: number): readonly (readonly [x: number, y: number])[][] {
  const places: (readonly [number, number])[][] = [];
  for (let i = 0; i < 15; i++) {
    const first: readonly [number, number] =
      i < 6 ? [8, i] : i < 8 ? [8, i + 1] : i === 8 ? [7, 8] : [14 - i, 8];
    const second: readonly [number, number] = i < 8 ? [size - 1 - i, 8] : [8, size - 15 + i];
    places.push([first, second]);
  }
  return places;
}
