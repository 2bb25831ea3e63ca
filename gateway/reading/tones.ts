import type { Box } from './box.ts';
import type { Luma } from './luma.ts';

/** Every so many pixels of a row, and rows, are counted at least, */
const STEP = 3;
/** in large boxes fewer, but about so many: of which thirty are the darkest. */
const SAMPLES = 3_000;
/** Shares of the pixels that are taken for the darkest and the lightest. */
const DARKEST = 0.01;
const LIGHTEST = 0.99;
const CLIPPED = 253;

const counts = new Int32Array(256);
const table = new Uint8Array(256);

/** How the brightness of a box is spread. */
export interface Tones {
  readonly low: number;
  readonly high: number;
  /** Share of the pixels that are as white as can be. */
  readonly clipped: number;
}

export function tonesOf({ luma, width }: Luma, box: Box): Tones {
  counts.fill(0);
  let total = 0;
  const step = Math.max(STEP, Math.floor(Math.sqrt((box.width * box.height) / SAMPLES)));
  for (let y = box.y; y < box.y + box.height; y += step) {
    for (let i = y * width + box.x; i < y * width + box.x + box.width; i += step) {
      const tone = luma[i] as number;
      counts[tone] = (counts[tone] as number) + 1;
      total += 1;
    }
  }
  let clipped = 0;
  for (let tone = CLIPPED; tone < 256; tone++) clipped += counts[tone] as number;
  const [low, high] = [toneAt(total * DARKEST), toneAt(total * LIGHTEST)];
  return { low, high, clipped: total === 0 ? 0 : clipped / total };
}

/** Pixels of the frame around a box that should be a code's quiet zone. */
const FRAME = 8;
/** Parts of the contrast beyond the middle from which on a frame is surely light. */
const SURE = 0.1;

/** Whether a box is surely dark on light: then it need not be looked at the other way too. */
export function isDarkOnLight(picture: Luma, box: Box, { low, high }: Tones): boolean {
  const { x, y, width, height } = box;
  let [sum, count] = [0, 0];
  const add = (left: number, top: number, right: number, bottom: number) => {
    for (let row = Math.max(0, top); row < Math.min(picture.height, bottom); row += STEP) {
      const end = row * picture.width + Math.min(picture.width, right);
      for (let i = row * picture.width + Math.max(0, left); i < end; i += STEP) {
        sum += picture.luma[i] as number;
        count += 1;
      }
    }
  };
  add(x, y - FRAME, x + width, y);
  add(x, y + height, x + width, y + height + FRAME);
  add(x - FRAME, y, x, y + height);
  add(x + width, y, x + width + FRAME, y + height);
  return count > 0 && sum / count > (low + high) / 2 + (high - low) * SURE;
}

function toneAt(rank: number): number {
  let tone = 0;
  let below = 0;
  while (tone < 255 && below + (counts[tone] as number) <= rank) below += counts[tone++] as number;
  return tone;
}

/** 256 tones that spread `low` to `high` over all; valid until the next call. */
export function stretch({ low, high }: Tones): Uint8Array {
  const gain = 255 / Math.max(1, high - low);
  for (let tone = 0; tone < 256; tone++) {
    table[tone] = Math.min(255, Math.max(0, Math.round((tone - low) * gain)));
  }
  return table;
}
