import sharp from 'sharp';
import { encode } from 'uqr';

const WIDTH = 1280;
const HEIGHT = 720;
/** Pixels of a module: a ticket on a phone at half an arm's length. */
const MODULE = 9;
const QUIET = 4;
/** Frames that show one code; a browser plays thirty a second. */
const FRAMES_EACH = 24;

/** Pictures that show one code after another, as a browser's pretended camera plays them. */
export async function cameraFilm(codes: readonly string[]): Promise<Buffer> {
  const frames = await Promise.all(codes.map(ticketPicture));
  return Buffer.concat(frames.flatMap((one) => Array<Buffer>(FRAMES_EACH).fill(one)));
}

/** One frame of it, as JPEG: a ticket in the middle of grey. */
export async function ticketPicture(code: string): Promise<Buffer> {
  const rows = encode(code, { ecc: 'M', border: QUIET }).data;
  const luma = Buffer.alloc(WIDTH * HEIGHT, 96);
  const left = Math.floor((WIDTH - rows.length * MODULE) / 2);
  const top = Math.floor((HEIGHT - rows.length * MODULE) / 2);
  for (const [y, row] of rows.entries()) {
    for (const [x, dark] of row.entries()) {
      for (let line = 0; line < MODULE; line++) {
        const from = (top + y * MODULE + line) * WIDTH + left + x * MODULE;
        luma.fill(dark ? 20 : 235, from, from + MODULE);
      }
    }
  }
  return sharp(luma, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
    .toColourspace('srgb')
    .jpeg({ quality: 85 })
    .toBuffer();
}

/** Something like a code, far too faint to be read, as PNG. */
export async function faintPicture(): Promise<Buffer> {
  const luma = Buffer.alloc(WIDTH * HEIGHT, 96);
  const [side, module] = [24, 20];
  const [left, top] = [(WIDTH - side * module) / 2, (HEIGHT - side * module) / 2];
  for (let y = 0; y < side * module; y++) {
    for (let x = 0; x < side; x++) {
      const row = Math.floor(y / module);
      const isDark = ((x * 7 + row * 13 + ((x * row) >> 1)) & 2) === 0;
      const from = (top + y) * WIDTH + left + x * module;
      luma.fill(isDark ? 86 : 106, from, from + module);
    }
  }
  return sharp(luma, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
    .toColourspace('srgb')
    .png()
    .toBuffer();
}
