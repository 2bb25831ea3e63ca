import type { Box } from './box.ts';
import { MADE_PIXELS_MAX } from './kernels/kernel.ts';
import type { Gradients, Kernel, Placement } from './kernels/kernel-types.ts';
import { possibleIn } from './likeness.ts';
import { BLOCK } from './locate.ts';
import type { Luma, Point } from './luma.ts';
import { measure } from './measure.ts';
import type { Shot, Sightings } from './samplers/index.ts';
import { isDarkOnLight, type Tones, tonesOf } from './tones.ts';
import type { ZXing, ZXingOptions, ZXingRead } from './zxing.ts';

/** One picture, one place in it, and what may be read there. The kernel has taken the picture. */
export interface Job {
  readonly picture: Luma;
  readonly gradients: Gradients;
  readonly box: Box;
  /** Estimated pixels of a module; at least 1. */
  readonly module: number;
  /** Estimated width of an edge, in pixels. */
  readonly blurPx: number;
  readonly tones: Tones;
  /** Surely dark on light, so that the other way need not be tried. */
  readonly isPlain: boolean;
  /** Those that the place may hold; zxing's names. */
  readonly formats: readonly string[];
  /** Codes looked for. */
  readonly symbols: number;
  readonly kernel: Kernel;
  readonly zxing: ZXing;
  /** The place in the last frames, the newest last. */
  readonly shots?: readonly Shot[] | undefined;
  /** What its last frames showed of a symbol that is not read yet. */
  readonly sightings?: Sightings | undefined;
}

/** What a job is made of: its tones may be known. The kernel has taken the picture. */
type JobParts = Omit<Job, 'module' | 'blurPx' | 'tones' | 'isPlain'> & { readonly tones?: Tones };

/** What is known of a place before it is read. */
export function jobFor(parts: JobParts): Job {
  const { picture, gradients, box } = parts;
  const tones = parts.tones ?? tonesOf(picture, around(box, 0, picture));
  const { modulePx, blurPx } = measure(gradients, box, tones);
  const isPlain = isDarkOnLight(picture, box, tones);
  const formats = possibleIn(box, parts.formats);
  return { ...parts, formats, tones, isPlain, module: Math.max(1, modulePx), blurPx };
}

/** Of these the locator's measure of bars says something. */
const BARS = new Set(['Code128', 'Code39', 'Code93', 'Codabar', 'ITF', 'EAN13', 'EAN8', 'PDF417']);
const MATRIX = new Set(['QRCode', 'MicroQRCode', 'Aztec', 'DataMatrix']);

export const barsOf = (formats: readonly string[]) => formats.filter((one) => BARS.has(one));
export const matrixOf = (formats: readonly string[]) => formats.filter((one) => MATRIX.has(one));

/** A box with so many pixels around it, inside the picture, on whole pixels. */
export function around(box: Box, pad: number, { width, height }: Luma): Box {
  const x = Math.max(0, Math.floor(box.x - pad));
  const y = Math.max(0, Math.floor(box.y - pad));
  const right = Math.min(width, Math.ceil(box.x + box.width + pad));
  const bottom = Math.min(height, Math.ceil(box.y + box.height + pad));
  return { ...box, x, y, width: right - x, height: bottom - y };
}

let cut = new Uint8Array(0);

/** The part of a picture inside a box; valid until the next call. */
export function crop(picture: Luma, box: Box): Luma {
  if (cut.length < box.width * box.height) cut = new Uint8Array(box.width * box.height);
  return copyInto(cut, picture, box);
}

/** The part of a picture inside a box, in the beginning of `luma`. */
export function copyInto(luma: Uint8Array, picture: Luma, { x, y, width, height }: Box): Luma {
  for (let row = 0; row < height; row++) {
    const from = (y + row) * picture.width + x;
    luma.set(picture.luma.subarray(from, from + width), row * width);
  }
  return { luma: luma.subarray(0, width * height), width, height };
}

/** Reads a picture that was made of the job's, with its corners where they are in the job's. */
export function readMade(
  { zxing }: Job,
  made: Luma,
  placement: Placement,
  options: ZXingOptions,
): ZXingRead[] {
  return placed(zxing.read(made, options), placement);
}

/** What was read in a picture that was made of another, with its corners in that one. */
export function placed(reads: readonly ZXingRead[], placement: Placement): ZXingRead[] {
  const { start, across, down, half } = placement;
  const scale = half ? 2 : 1;
  const back = ({ x, y }: Point): Point => ({
    x: (start[0] + x * across[0] + y * down[0]) * scale,
    y: (start[1] + x * across[1] + y * down[1]) * scale,
  });
  return reads.map((read) => {
    const [a, b, c, d] = read.corners;
    return { ...read, corners: [back(a), back(b), back(c), back(d)] };
  });
}

/** A box as it is, or enlarged; never larger than the kernel makes pictures. */
export function enlargedBox({ x, y, width, height }: Box, scale: number): Placement {
  const most = Math.sqrt(MADE_PIXELS_MAX / (width * height)) * 0.99;
  const by = Math.min(scale, most);
  return {
    width: Math.floor(width * by),
    height: Math.floor(height * by),
    start: [x + 0.5 / by - 0.5, y + 0.5 / by - 0.5],
    across: [1 / by, 0],
    down: [0, 1 / by],
  };
}

/**
 * The blocks of a box turned so that its bars stand upright, with so many pixels around them.
 * @param scale made pixels per pixel
 */
export function uprightBox({ box, gradients }: Job, pad: number, scale: number): Placement {
  const cos = Math.cos(box.angle);
  const sin = Math.sin(box.angle);
  const extent = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  const level = box.score * 576 * 0.3;
  const { columns, rows, scores } = gradients;
  const last = { x: (box.x + box.width) / BLOCK, y: (box.y + box.height) / BLOCK };
  for (let row = Math.floor(box.y / BLOCK); row < Math.min(rows, last.y); row++) {
    for (let column = Math.floor(box.x / BLOCK); column < Math.min(columns, last.x); column++) {
      if ((scores[row * columns + column] as number) < level) continue;
      const x = (column + 0.5) * BLOCK;
      const y = (row + 0.5) * BLOCK;
      extent.left = Math.min(extent.left, x * cos + y * sin);
      extent.right = Math.max(extent.right, x * cos + y * sin);
      extent.top = Math.min(extent.top, y * cos - x * sin);
      extent.bottom = Math.max(extent.bottom, y * cos - x * sin);
    }
  }
  const left = extent.left - pad - BLOCK / 2;
  const top = extent.top - pad - BLOCK / 2;
  const wide = extent.right - extent.left + BLOCK + 2 * pad;
  const high = extent.bottom - extent.top + BLOCK + 2 * pad;
  const by = Math.min(scale, Math.sqrt(MADE_PIXELS_MAX / (wide * high)) * 0.99);
  return {
    width: Math.max(1, Math.floor(wide * by)),
    height: Math.max(1, Math.floor(high * by)),
    start: [left * cos - top * sin, left * sin + top * cos],
    across: [cos / by, sin / by],
    down: [-sin / by, cos / by],
  };
}
