/** A module of a symbol that is the same in all of its layout. */
export const DARK = 1;
export const LIGHT = 2;

/** More layers than tickets need; the most that the kernels have room for. */
export const LAYERS_MOST = 16;
/** Reference lines are so many modules apart. */
const LINES_APART = 16;

/** How a symbol of a size is made up (ISO/IEC 24778). */
export interface Layout {
  readonly compact: boolean;
  readonly layers: number;
  /** Modules along a side. */
  readonly size: number;
  /** Modules known beforehand, row by row: DARK, LIGHT or 0. */
  readonly known: Uint8Array;
  /** Places of the mode message's bits, the first one first. */
  readonly mode: Uint16Array;
  /** Places of the data's bits, the first one first; what does not fill a word is left out. */
  readonly order: Uint16Array;
  /** Bits of a word, and how many words there are. */
  readonly bits: number;
  readonly words: number;
}

const made = new Map<number, Layout>();

/** The layout of a size: compact with 1 to 4 layers, full with 1 to 16, 0 its core; made once. */
export function layoutOf(compact: boolean, layers: number): Layout {
  const key = layers * 2 + (compact ? 1 : 0);
  let layout = made.get(key);
  if (!layout) {
    layout = make(compact, layers);
    made.set(key, layout);
  }
  return layout;
}

/** Modules from the middle to the ring of the mode message. */
export const modeRing = (compact: boolean): number => (compact ? 5 : 7);

function make(compact: boolean, layers: number): Layout {
  const base = (compact ? 11 : 14) + 4 * layers;
  const size = compact ? base : base + 1 + 2 * Math.floor((base / 2 - 1) / 15);
  const bits = wordBits(layers);
  const data = dataOrder(compact, layers, base, size);
  const words = Math.floor(data.length / bits);
  const order = data.subarray(data.length % bits);
  const known = knownIn(compact, size);
  return { compact, layers, size, known, mode: modeOrder(compact, size), order, bits, words };
}

function wordBits(layers: number): number {
  if (layers <= 2) return 6;
  return layers <= 8 ? 8 : 10;
}

function knownIn(compact: boolean, size: number): Uint8Array {
  const known = new Uint8Array(size * size);
  const middle = size >> 1;
  const set = (dx: number, dy: number, dark: boolean) => {
    known[(middle + dy) * size + middle + dx] = dark ? DARK : LIGHT;
  };
  if (!compact) {
    for (let away = 0; away <= middle; away += LINES_APART) {
      for (let along = -middle; along <= middle; along++) {
        for (const side of [-away, away]) {
          set(along, side, along % 2 === 0);
          set(side, along, along % 2 === 0);
        }
      }
    }
  }
  const ring = modeRing(compact);
  for (let dy = 1 - ring; dy < ring; dy++) {
    for (let dx = 1 - ring; dx < ring; dx++) {
      set(dx, dy, Math.max(Math.abs(dx), Math.abs(dy)) % 2 === 0);
    }
  }
  const near = ring - 1;
  for (const [x, y, dark] of [
    [-1, -1, 0b111],
    [1, -1, 0b101],
    [1, 1, 0b001],
    [-1, 1, 0],
  ] as const) {
    set(x * ring, y * ring, (dark & 0b100) !== 0);
    set(x * near, y * ring, (dark & 0b010) !== 0);
    set(x * ring, y * near, (dark & 0b001) !== 0);
  }
  return known;
}

/** Clockwise from the upper left: along the upper side, down the right one, and so on. */
function modeOrder(compact: boolean, size: number): Uint16Array {
  const ring = modeRing(compact);
  const middle = size >> 1;
  const side = compact ? [-3, -2, -1, 0, 1, 2, 3] : [-5, -4, -3, -2, -1, 1, 2, 3, 4, 5];
  const at = (dx: number, dy: number) => (middle + dy) * size + middle + dx;
  return Uint16Array.from([
    ...side.map((along) => at(along, -ring)),
    ...side.map((along) => at(ring, along)),
    ...side.map((along) => at(-along, ring)),
    ...side.map((along) => at(-ring, -along)),
  ]);
}

/** Layers from the outermost, each its four sides in turn, two modules wide. */
function dataOrder(compact: boolean, layers: number, base: number, size: number): Uint16Array {
  const place = placesBeside(compact, base, size);
  const order: number[] = [];
  const add = (x: number, y: number) => order.push(place[y]! * size + place[x]!);
  for (let layer = 0; layer < layers; layer++) {
    const length = (layers - layer) * 4 + (compact ? 9 : 12);
    const near = layer * 2;
    const far = base - 1 - near;
    for (let j = 0; j < length; j++) for (let k = 0; k < 2; k++) add(near + k, near + j);
    for (let j = 0; j < length; j++) for (let k = 0; k < 2; k++) add(near + j, far - k);
    for (let j = 0; j < length; j++) for (let k = 0; k < 2; k++) add(far - k, far - j);
    for (let j = 0; j < length; j++) for (let k = 0; k < 2; k++) add(far - j, near + k);
  }
  return Uint16Array.from(order);
}

/** Rows (and columns) of a full symbol without those of reference lines. */
function placesBeside(compact: boolean, base: number, size: number): number[] {
  const all = Array.from({ length: size }, (_, i) => i);
  if (compact) return all;
  const middle = size >> 1;
  const places = all.filter((i) => (i - middle) % LINES_APART !== 0);
  if (places.length !== base) throw new RangeError('a layout with other reference lines');
  return places;
}
