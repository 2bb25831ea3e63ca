import type { Dice } from './dice.ts';
import type { Pattern } from './symbol.ts';

/** Reflectance or glow of what carries a code, 0 to 1, in its own coordinates (see `Plane`). */
export interface Surface {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** What is printed or shown around the code: so many texels in a row and in a column. */
  readonly texels: Float32Array;
  readonly columns: number;
  readonly rows: number;
  readonly code: Pattern;
  readonly codeWidth: number;
  readonly codeHeight: number;
  readonly dark: number;
  readonly light: number;
}

export interface SurfaceLook {
  readonly carrier: 'phone' | 'paper';
  readonly inverted: boolean;
  /** Width of the code in pixels. */
  readonly codeWidth: number;
  readonly contrast: number;
}

const COLUMNS = 220;
const TALL_PHONE = 2.05;

/** A phone with a ticket app open, or a printed ticket, around a code at its own origin. */
export function surface(code: Pattern, look: SurfaceLook, dice: Dice): Surface {
  const { carrier, codeWidth } = look;
  const codeHeight = codeWidth / code.aspect;
  const phone = carrier === 'phone';
  const across = phone ? dice.between(0.62, 0.86) : dice.between(0.25, 0.6);
  const quietWidth = codeWidth * (1 + (2 * code.quiet) / code.columns);
  const width = Math.max(codeWidth / across, quietWidth * 1.04);
  const height = phone
    ? Math.max(width * TALL_PHONE, codeHeight * 1.5)
    : Math.max(width * dice.between(0.45, 1.3), codeHeight * 1.6);
  const left = phone ? -width / 2 : -width * dice.between(0.35, 0.65);
  const top = -height * dice.between(0.35, 0.6);
  const rows = Math.round((COLUMNS * height) / width);
  const texels = new Float32Array(COLUMNS * rows);
  const tones = tonesOf(look, dice);
  const canvas = { texels, columns: COLUMNS, rows, left, top, unit: width / COLUMNS };
  paint(canvas, tones, dice);
  if (phone) bezel(canvas);
  const margin = (code.quiet * codeWidth) / code.columns;
  fill(canvas, codeWidth / 2 + margin, codeHeight / 2 + margin, tones.light);
  const { dark, light } = tones;
  const [ink, ground] = look.inverted ? [light, dark] : [dark, light];
  if (look.inverted) fill(canvas, codeWidth / 2 + margin, codeHeight / 2 + margin, dark);
  return {
    left,
    top,
    width,
    height,
    texels,
    columns: COLUMNS,
    rows,
    code,
    codeWidth,
    codeHeight,
    dark: ink,
    light: ground,
  };
}

interface Tones {
  readonly dark: number;
  readonly light: number;
  readonly page: number;
  readonly print: number;
}

function tonesOf({ carrier, inverted, contrast }: SurfaceLook, dice: Dice): Tones {
  const phone = carrier === 'phone';
  const white = phone ? dice.between(0.75, 1.05) : dice.between(0.5, 0.85);
  const black = phone ? dice.between(0.008, 0.04) : dice.between(0.02, 0.07);
  const middle = (white + black) / 2;
  const light = middle + ((white - black) / 2) * contrast;
  const dark = middle - ((white - black) / 2) * contrast;
  if (inverted) return { dark, light, page: dark, print: light * 0.8 };
  return { dark, light, page: dice.chance(0.6) ? light : light * 0.7, print: dark };
}

interface Canvas {
  readonly texels: Float32Array;
  readonly columns: number;
  readonly rows: number;
  readonly left: number;
  readonly top: number;
  /** Side of a texel in pixels. */
  readonly unit: number;
}

/** A heading in a box, then lines of words, and a picture. */
function paint(canvas: Canvas, tones: Tones, dice: Dice): void {
  const { columns, rows } = canvas;
  box(canvas, 0, 0, columns, rows, tones.page);
  const heading = dice.whole(12, 40);
  box(canvas, 0, 0, columns, heading, dice.between(tones.dark, tones.light));
  for (let y = heading + 10; y < rows - 10; y += dice.whole(9, 16)) {
    for (let x = dice.whole(10, 30); x < columns - 20; ) {
      const word = dice.whole(6, 26);
      if (dice.chance(0.75)) letters(canvas, x, y, word, tones.print, dice);
      x += word + 5;
    }
  }
  const side = dice.whole(20, 50);
  const corner = rows - side - 12;
  for (let i = 0; i < 12; i++) {
    const x = 10 + dice.whole(0, side);
    const y = corner + dice.whole(0, side);
    box(canvas, x, y, dice.whole(3, 20), dice.whole(3, 20), dice.between(tones.dark, tones.light));
  }
}

/** A word: strokes with gaps, as print is from afar. */
function letters(canvas: Canvas, x: number, y: number, width: number, ink: number, dice: Dice) {
  for (let at = x; at < x + width; at += 3) {
    if (dice.chance(0.85)) box(canvas, at, y, 1, 5, ink);
    if (dice.chance(0.5)) box(canvas, at, y + dice.pick([0, 2, 4]), 3, 1, ink);
  }
}

function bezel(canvas: Canvas): void {
  const { columns, rows } = canvas;
  const rim = Math.round(columns * 0.025);
  for (const [x, y, width, height] of [
    [0, 0, columns, rim * 2],
    [0, rows - rim * 2, columns, rim * 2],
    [0, 0, rim, rows],
    [columns - rim, 0, rim, rows],
  ] as const) {
    box(canvas, x, y, width, height, 0.02);
  }
}

/** A field around the origin, half as wide and half as high as given. */
function fill(canvas: Canvas, halfWidth: number, halfHeight: number, tone: number): void {
  const { left, top, unit } = canvas;
  const x = Math.floor((-halfWidth - left) / unit);
  const y = Math.floor((-halfHeight - top) / unit);
  const width = Math.ceil((2 * halfWidth) / unit) + 1;
  box(canvas, x, y, width, Math.ceil((2 * halfHeight) / unit) + 1, tone);
}

function box(canvas: Canvas, x: number, y: number, width: number, height: number, tone: number) {
  const { texels, columns, rows } = canvas;
  for (let row = Math.max(0, y); row < Math.min(rows, y + height); row++) {
    texels.fill(tone, row * columns + Math.max(0, x), row * columns + Math.min(columns, x + width));
  }
}
