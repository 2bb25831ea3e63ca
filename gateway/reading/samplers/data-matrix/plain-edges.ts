import type { Luma } from '../../luma.ts';

const f32 = Math.fround;
const STEEP_PART = 10;
const STEEP_SHARE = 0.3;
const STEEP_LEAST = 24;
const BINS = 512;
const PLACES_MOST = 4_096;
const DIRECTIONS = 128;
const SLOPES = 64;

/** A place on an edge, from the picture's middle, and the direction that gets lighter, of 128. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly way: number;
}

/** Places on edges as assembly/edges.ts finds them, to the bit. */
export function plainEdges(picture: Luma): Place[] {
  const { width, height } = picture;
  const steps = stepsOf(picture);
  const squares = steps.map(([gx, gy]) => gx * gx + gy * gy);
  const least = steepness(squares, width, height) ** 2;
  const places: Place[] = [];
  for (let y = 2; y < height - 2; y++) {
    for (let x = 2; x < width - 2; x++) {
      const at = y * width + x;
      const here = squares[at]!;
      if (here < least) continue;
      const [gx, gy] = steps[at]!;
      const level = Math.abs(gx) >= Math.abs(gy);
      const [before, behind] = level
        ? [squares[at - 1]!, squares[at + 1]!]
        : [squares[at - width]!, squares[at + width]!];
      if (here <= before || here < behind) continue;
      if (places.length === PLACES_MOST) return places;
      const off = f32((behind - before) / (4 * here - 2 * (before + behind)));
      const [right, down] = [f32(x - (width - 1) / 2), f32(y - (height - 1) / 2)];
      const place = level ? { x: f32(right + off), y: down } : { x: right, y: f32(down + off) };
      places.push({ ...place, way: wayOf(gx, gy) });
    }
  }
  return places;
}

/** How much lighter it gets to the right and down, by Sobel's kernels. */
function stepsOf({ luma, width, height }: Luma): (readonly [number, number])[] {
  return Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    if (x === 0 || y === 0 || x === width - 1 || y === height - 1) return [0, 0];
    const seen = (right: number, down: number) => luma[at + down * width + right]!;
    const across = (right: number, down: number) =>
      seen(right - down, down - right) + 2 * seen(right, down) + seen(right + down, down + right);
    return [across(1, 0) - across(-1, 0), across(0, 1) - across(0, -1)];
  });
}

function steepness(squares: readonly number[], width: number, height: number): number {
  const bins = new Array<number>(BINS).fill(0);
  let counted = 0;
  for (let y = 1; y < height - 1; y += 2) {
    for (let x = 1; x < width - 1; x += 2) {
      const bin = Math.trunc(f32(Math.sqrt(squares[y * width + x]!))) >> 2;
      bins[bin] = bins[bin]! + 1;
      counted++;
    }
  }
  let left = Math.trunc(counted / STEEP_PART);
  let bin = BINS - 1;
  while (bin > 0 && left > 0) left -= bins[bin--]!;
  return Math.max(STEEP_LEAST, Math.trunc(f32(f32(STEEP_SHARE) * (bin << 2))));
}

function wayOf(gx: number, gy: number): number {
  const [short, long] = [Math.abs(gx), Math.abs(gy)].sort((a, b) => a - b) as [number, number];
  const slope = (Math.trunc((short * SLOPES) / long) + 0.5) / SLOPES;
  let turn = Math.round((Math.atan(slope) * DIRECTIONS) / (2 * Math.PI));
  if (Math.abs(gy) > Math.abs(gx)) turn = DIRECTIONS / 4 - turn;
  if (gx < 0) turn = DIRECTIONS / 2 - turn;
  return (gy < 0 ? -turn : turn) & (DIRECTIONS - 1);
}
