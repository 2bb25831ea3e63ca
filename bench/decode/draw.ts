import type { Conditions } from './conditions.ts';
import type { Dice } from './dice.ts';
import type { Light, Region } from './optics.ts';
import { type Plane, type Point, through } from './plane.ts';
import type { Surface } from './surface.ts';

const SUBSAMPLES = 3;

/** A room, out of focus: a coarse grid of tones with a lamp or two. */
export function drawRoom({ values, width, height }: Light, dice: Dice): void {
  const [columns, rows] = [17, 11];
  const base = dice.between(0.03, 0.22);
  const grid = Float32Array.from({ length: columns * rows }, () => base * dice.between(0.3, 1.7));
  for (let lamps = dice.whole(0, 2); lamps > 0; lamps--) {
    grid[dice.whole(0, grid.length - 1)] = dice.between(0.5, 1.2);
  }
  const across = Float32Array.from({ length: width }, (_, x) => (x / width) * (columns - 1));
  const line = new Float32Array(columns);
  for (let y = 0; y < height; y++) {
    const v = (y / height) * (rows - 1);
    const row = Math.floor(v) * columns;
    for (let c = 0; c < columns; c++) {
      const above = grid[row + c] as number;
      line[c] = above + ((grid[row + columns + c] as number) - above) * (v % 1);
    }
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const u = across[x] as number;
      const c = u | 0;
      const from = line[c] as number;
      values[at] = from + ((line[c + 1] as number) - from) * (u - c);
    }
  }
}

/** Where a point of flat paper goes when it is bent about its upright axis. */
function bent(u: number, v: number, curl: number, width: number): Point {
  const off = u / width;
  return { x: u * (1 - 0.5 * curl * curl * off * off), y: v + 4 * curl * off * off * width * 0.5 };
}

/** A code's corners in the picture: upper left, upper right, lower right, lower left. */
export function cornersOf(
  plane: Plane,
  { codeWidth, codeHeight }: Surface,
  curl: number,
): readonly [Point, Point, Point, Point] {
  const [w, h] = [codeWidth / 2, codeHeight / 2];
  const corner = (u: number, v: number) => {
    const at = bent(u, v, curl, codeWidth);
    return through(plane.forth, at.x, at.y);
  };
  return [corner(-w, -h), corner(w, -h), corner(w, h), corner(-w, h)];
}

/** The part of the picture a surface can be in. */
export function regionOf(plane: Plane, surface: Surface, light: Light, around: number): Region {
  const { left, top, width, height } = surface;
  const points = [
    through(plane.forth, left, top),
    through(plane.forth, left + width, top),
    through(plane.forth, left + width, top + height),
    through(plane.forth, left, top + height),
  ];
  return boundsOf(points, light, around);
}

export function boundsOf(points: readonly Point[], light: Light, around: number): Region {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  return {
    left: inside(Math.min(...xs) - around, light.width),
    right: inside(Math.max(...xs) + around, light.width),
    top: inside(Math.min(...ys) - around, light.height),
    bottom: inside(Math.max(...ys) + around, light.height),
  };
}

function inside(at: number, length: number): number {
  return Math.min(length, Math.max(0, Math.round(at)));
}

/**
 * Draws what is seen of a surface; nine samples a pixel where its code is.
 * @returns 1 for each pixel of the picture that is the surface's
 */
export function drawSurface(
  light: Light,
  plane: Plane,
  surface: Surface,
  curl: number,
  region: Region,
): Uint8Array {
  const { values, width } = light;
  const mask = new Uint8Array(values.length);
  const sample = sampler(surface, curl);
  const [a, b, c, d, e, f, g, h, i] = plane.back as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const reach = 2;
  for (let y = region.top; y < region.bottom; y++) {
    for (let x = region.left; x < region.right; x++) {
      const w = g * (x + 0.5) + h * (y + 0.5) + i;
      const u = (a * (x + 0.5) + b * (y + 0.5) + c) / w;
      const v = (d * (x + 0.5) + e * (y + 0.5) + f) / w;
      const tone = sample(u, v);
      if (tone < 0) continue;
      const at = y * width + x;
      mask[at] = 1;
      const nearCode =
        Math.abs(u) < surface.codeWidth / 2 + reach * 2 &&
        Math.abs(v) < surface.codeHeight / 2 + reach + Math.abs(curl) * surface.codeWidth;
      if (!nearCode) {
        values[at] = tone;
        continue;
      }
      let sum = 0;
      for (let part = 0; part < SUBSAMPLES * SUBSAMPLES; part++) {
        const sx = x + ((part % SUBSAMPLES) + 0.5) / SUBSAMPLES;
        const sy = y + (((part / SUBSAMPLES) | 0) + 0.5) / SUBSAMPLES;
        const sw = 1 / (g * sx + h * sy + i);
        const own = sample((a * sx + b * sy + c) * sw, (d * sx + e * sy + f) * sw);
        if (own > 0) sum += own;
      }
      values[at] = sum / (SUBSAMPLES * SUBSAMPLES);
    }
  }
  return mask;
}

/** The tone at a place of the surface; below 0 beside it. */
function sampler(surface: Surface, curl: number): (u: number, v: number) => number {
  const { left, top, width, height, texels, columns, rows, code, dark, light } = surface;
  const { codeWidth, codeHeight } = surface;
  const rise = 2 * curl * codeWidth;
  const across = code.columns / codeWidth;
  const down = code.rows / codeHeight;
  const perTexel = columns / width;
  return (u, v) => {
    const off = u / codeWidth;
    const flat = v - rise * off * off;
    const cu = u + codeWidth / 2;
    const cv = flat + codeHeight / 2;
    if (cu >= 0 && cu < codeWidth && cv >= 0 && cv < codeHeight) {
      const column = Math.min(code.columns - 1, (cu * across) | 0);
      const row = Math.min(code.rows - 1, (cv * down) | 0);
      return code.cells[row * code.columns + column] === 1 ? dark : light;
    }
    const x = u - left;
    const y = flat - top;
    if (x < 0 || y < 0 || x >= width || y >= height) return -1;
    const row = Math.min(rows - 1, (y * perTexel) | 0);
    return texels[row * columns + Math.min(columns - 1, (x * perTexel) | 0)] as number;
  };
}

/** A finger that reaches over an edge or a corner of the code. */
export function drawFinger(
  light: Light,
  plane: Plane,
  surface: Surface,
  conditions: Pick<Conditions, 'finger'>,
  dice: Dice,
): void {
  const { codeWidth, codeHeight } = surface;
  const side = Math.min(codeWidth, codeHeight * 1.6);
  const angle = dice.between(0, 2 * Math.PI);
  const edge = { x: Math.cos(angle) * codeWidth * 0.5, y: Math.sin(angle) * codeHeight * 0.5 };
  const length = Math.hypot(edge.x, edge.y);
  const thick = side * dice.between(0.1, 0.17);
  const tipAt = 1 - (conditions.finger * side - thick) / length;
  const tip = through(plane.forth, edge.x * tipAt, edge.y * tipAt);
  const root = through(plane.forth, edge.x * 2.6, edge.y * 2.6);
  const tone = dice.between(0.12, 0.4);
  drawStroke(light, tip, root, thick, (depth) => tone * (0.65 + 0.35 * depth));
}

/** Splinters of a broken screen: bent lines from one place. */
export function drawCracks(
  light: Light,
  plane: Plane,
  surface: Surface,
  count: number,
  dice: Dice,
) {
  const { codeWidth, codeHeight } = surface;
  const from = { u: dice.between(-0.6, 0.6) * codeWidth, v: dice.between(-0.6, 0.6) * codeHeight };
  for (let i = 0; i < count; i++) {
    let { u, v } = from;
    let angle = dice.between(0, 2 * Math.PI);
    const tone = dice.chance(0.6) ? dice.between(0.5, 0.9) : dice.between(0.02, 0.1);
    const half = dice.between(0.4, 1.1);
    for (let part = dice.whole(2, 5); part > 0; part--) {
      const start = through(plane.forth, u, v);
      const far = dice.between(0.15, 0.4) * codeWidth;
      u += Math.cos(angle) * far;
      v += Math.sin(angle) * far;
      angle += dice.between(-0.6, 0.6);
      drawStroke(light, start, through(plane.forth, u, v), half, () => tone);
    }
  }
}

/** A line with round ends; its tone by how deep in it a pixel lies (0 at its rim, 1 inside). */
function drawStroke(
  light: Light,
  from: Point,
  to: Point,
  half: number,
  tone: (depth: number) => number,
): void {
  const { left, top, right, bottom } = boundsOf([from, to], light, half + 1);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const square = dx * dx + dy * dy || 1;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [px, py] = [x + 0.5 - from.x, y + 0.5 - from.y];
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) / square));
      const away = Math.sqrt((px - along * dx) ** 2 + (py - along * dy) ** 2);
      const covered = Math.min(1, Math.max(0, half + 0.5 - away));
      if (covered === 0) continue;
      const at = y * light.width + x;
      const own = tone(Math.min(1, Math.max(0, 1 - away / half)));
      light.values[at] = (light.values[at] as number) * (1 - covered) + own * covered;
    }
  }
}
