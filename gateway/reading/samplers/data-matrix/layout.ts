/** A module of a symbol that is the same in all of its size. */
export const DARK = 1;
export const LIGHT = 2;

/** How a symbol of a size is made up (ISO/IEC 16022, ECC 200, square). */
export interface Layout {
  /** Modules along a side. */
  readonly size: number;
  /** Words that are data, those that check them, and the blocks that both are dealt to in turn. */
  readonly data: number;
  readonly checks: number;
  readonly blocks: number;
  /** Modules known beforehand, row by row: DARK, LIGHT or 0. */
  readonly known: Uint8Array;
  /** Places of the words' bits, the first word's highest first. */
  readonly order: Uint16Array;
}

/** Size, regions along a side, data words, check words, blocks. */
const SIZES = [
  [10, 1, 3, 5, 1],
  [12, 1, 5, 7, 1],
  [14, 1, 8, 10, 1],
  [16, 1, 12, 12, 1],
  [18, 1, 18, 14, 1],
  [20, 1, 22, 18, 1],
  [22, 1, 30, 20, 1],
  [24, 1, 36, 24, 1],
  [26, 1, 44, 28, 1],
  [32, 2, 62, 36, 1],
  [36, 2, 86, 42, 1],
  [40, 2, 114, 48, 1],
  [44, 2, 144, 56, 1],
  [48, 2, 174, 68, 1],
  [52, 2, 204, 84, 2],
] as const;

/** Each region's solid sides are left and below; above and at the right every second one is dark. */
function knownIn(size: number, region: number): Uint8Array {
  const known = new Uint8Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [row, column] = [y % region, x % region];
      let use = 0;
      if (row === 0) use = column % 2 === 0 ? DARK : LIGHT;
      if (column === region - 1) use = row % 2 === 1 ? DARK : LIGHT;
      if (column === 0 || row === region - 1) use = DARK;
      known[y * size + x] = use;
    }
  }
  return known;
}

/** Marks of the four modules that no word fills, in the lower right corner of some sizes. */
const CORNER_DARK = -1;
const CORNER_LIGHT = -2;

/** A word's bits about its place, as rows and columns from it, the highest bit first. */
const UTAH = [
  [-2, -2],
  [-2, -1],
  [-1, -2],
  [-1, -1],
  [-1, 0],
  [0, -2],
  [0, -1],
  [0, 0],
] as const;

/** Words at a corner: rows and columns, those below 0 counted from the far side. */
const CORNERS = [
  [
    [-1, 0],
    [-1, 1],
    [-1, 2],
    [0, -2],
    [0, -1],
    [1, -1],
    [2, -1],
    [3, -1],
  ],
  [
    [-3, 0],
    [-2, 0],
    [-1, 0],
    [0, -4],
    [0, -3],
    [0, -2],
    [0, -1],
    [1, -1],
  ],
  [
    [-3, 0],
    [-2, 0],
    [-1, 0],
    [0, -2],
    [0, -1],
    [1, -1],
    [2, -1],
    [3, -1],
  ],
  [
    [-1, 0],
    [-1, -1],
    [0, -3],
    [0, -2],
    [0, -1],
    [1, -3],
    [1, -2],
    [1, -1],
  ],
] as const;

/** By row and column which bit stands there, counted from 1 (annex F). */
function placed(side: number): Int16Array {
  const bits = new Int16Array(side * side);
  let next = 1;
  const corner = (which: number) => {
    for (const [row, column] of CORNERS[which]!) {
      bits[((row + side) % side) * side + ((column + side) % side)] = next++;
    }
  };
  const utah = (row: number, column: number) => {
    if (row < 0 || column < 0 || row >= side || column >= side) return;
    if (bits[row * side + column] !== 0) return;
    for (const [down, right] of UTAH) {
      let [y, x] = [row + down, column + right];
      if (y < 0) [y, x] = [y + side, x + 4 - ((side + 4) % 8)];
      if (x < 0) [y, x] = [y + 4 - ((side + 4) % 8), x + side];
      bits[y * side + x] = next++;
    }
  };
  let [row, column] = [4, 0];
  while (row < side || column < side) {
    if (row === side && column === 0) corner(0);
    if (row === side - 2 && column === 0 && side % 4 !== 0) corner(1);
    if (row === side - 2 && column === 0 && side % 8 === 4) corner(2);
    if (row === side + 4 && column === 2 && side % 8 === 0) corner(3);
    for (; row >= 0 && column < side; row -= 2, column += 2) utah(row, column);
    [row, column] = [row + 1, column + 3];
    for (; row < side && column >= 0; row += 2, column -= 2) utah(row, column);
    [row, column] = [row + 3, column + 1];
  }
  for (let i = 0; i < 4 && bits[side * side - 1]! <= 0; i++) {
    const place = (side - 1 - (i >> 1)) * side + side - 1 - (i & 1);
    bits[place] = i === 0 || i === 3 ? CORNER_DARK : CORNER_LIGHT;
  }
  return bits;
}

/** All sizes, the smallest first. */
export const LAYOUTS: readonly Layout[] = SIZES.map(([size, regions, data, checks, blocks]) => {
  const side = size / regions - 2;
  const inner = side * regions;
  const known = knownIn(size, size / regions);
  const at = (row: number, column: number) => {
    const [y, x] = [row, column].map((i) => i + 1 + 2 * Math.floor(i / side));
    return y! * size + x!;
  };
  const bits = placed(inner);
  const order = new Uint16Array(8 * (data + checks));
  bits.forEach((bit, i) => {
    const place = at(Math.floor(i / inner), i % inner);
    if (bit > 0) order[bit - 1] = place;
    else known[place] = bit === CORNER_DARK ? DARK : LIGHT;
  });
  return { size, data, checks, blocks, known, order };
});
