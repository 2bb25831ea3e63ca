/** Brightness before the sensor: linear, 0 to 1 and beyond where it clips. */
export interface Light {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Whole pixels: left and top edge with it, right and bottom edge without. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Out of focus: every point becomes a disk. Only the region changes. */
export function defocus(light: Light, region: Region, radius: number): void {
  if (radius <= 0) return;
  const reach = Math.ceil(radius) + 1;
  const from = padded(light, region, reach);
  const sums = runningSums(from);
  const { out, width, height } = blank(region);
  let weight = 0;
  const thin = radius < 2 ? 4 : 1;
  for (let dy = -reach; dy <= reach; dy++) {
    for (let part = 0; part < thin; part++) {
      const off = dy + (part + 0.5) / thin - 0.5;
      const chord = Math.sqrt(Math.max(0, radius * radius - off * off));
      if (chord === 0) continue;
      const half = Math.max(chord, 0.5);
      const share = chord / half;
      weight += 2 * chord;
      const right = 0.5 + half;
      const left = 0.5 - half;
      const [r, l] = [Math.floor(right), Math.floor(left)];
      const [fr, fl] = [right - r, left - l];
      for (let y = 0; y < height; y++) {
        const row = (y + dy + reach) * from.width + reach;
        const sumRow = (y + dy + reach) * (from.width + 1) + reach;
        for (let x = 0, o = y * width; x < width; x++, o++) {
          const end = (sums[sumRow + x + r] as number) + fr * (from.values[row + x + r] as number);
          const start =
            (sums[sumRow + x + l] as number) + fl * (from.values[row + x + l] as number);
          out[o] = (out[o] as number) + share * (end - start);
        }
      }
    }
  }
  store(light, region, out, 1 / weight);
}

/** A hand that moves while the shutter is open: every point becomes a line. */
export function motion(light: Light, region: Region, length: number, angle: number): void {
  if (length < 0.3) return;
  const reach = Math.ceil(length / 2) + 1;
  const from = padded(light, region, reach);
  const { out, width, height } = blank(region);
  const taps = Math.ceil(length) + 1;
  for (let tap = 0; tap < taps; tap++) {
    const far = length * ((tap + 0.5) / taps - 0.5);
    const [dx, dy] = [far * Math.cos(angle), far * Math.sin(angle)];
    const [ix, iy] = [Math.floor(dx), Math.floor(dy)];
    const [fx, fy] = [dx - ix, dy - iy];
    const weights = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy] as const;
    for (let y = 0; y < height; y++) {
      let at = (y + iy + reach) * from.width + reach + ix;
      for (let x = 0, o = y * width; x < width; x++, o++, at++) {
        out[o] =
          (out[o] as number) +
          weights[0] * (from.values[at] as number) +
          weights[1] * (from.values[at + 1] as number) +
          weights[2] * (from.values[at + from.width] as number) +
          weights[3] * (from.values[at + from.width + 1] as number);
      }
    }
  }
  store(light, region, out, 1 / taps);
}

function blank({ left, top, right, bottom }: Region) {
  const [width, height] = [right - left, bottom - top];
  return { out: new Float32Array(width * height), width, height };
}

/** The region with so many pixels around it; beyond the picture its edge goes on. */
function padded({ values, width, height }: Light, region: Region, by: number): Light {
  const wide = region.right - region.left + 2 * by;
  const high = region.bottom - region.top + 2 * by;
  const copy = new Float32Array(wide * high);
  for (let y = 0; y < high; y++) {
    const row = clamp(region.top - by + y, height) * width;
    for (let x = 0; x < wide; x++) {
      copy[y * wide + x] = values[row + clamp(region.left - by + x, width)] as number;
    }
  }
  return { values: copy, width: wide, height: high };
}

function clamp(at: number, length: number): number {
  return Math.min(length - 1, Math.max(0, at));
}

/** For each row, the sum of what is left of each pixel: one more than the row is long. */
function runningSums({ values, width, height }: Light): Float64Array {
  const sums = new Float64Array((width + 1) * height);
  for (let y = 0; y < height; y++) {
    let sum = 0;
    for (let x = 0; x < width; x++) {
      sum += values[y * width + x] as number;
      sums[y * (width + 1) + x + 1] = sum;
    }
  }
  return sums;
}

function store({ values, width }: Light, region: Region, from: Float32Array, times: number) {
  const wide = region.right - region.left;
  for (let y = region.top; y < region.bottom; y++) {
    const row = (y - region.top) * wide;
    for (let x = 0; x < wide; x++) {
      values[y * width + region.left + x] = (from[row + x] as number) * times;
    }
  }
}
