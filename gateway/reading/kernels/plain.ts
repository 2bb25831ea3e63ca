import type { Luma } from '../luma.ts';
import type { Gradients, Kernel, Placement, Quiet } from './kernel-types.ts';

const byte = (value: number): number => Math.min(Math.max(value, 0), 255);

/** The kernels as plain TypeScript, the same to the bit: what the compiled ones are held to. */
export function plainKernel(): Kernel {
  let frame: Luma = { luma: new Uint8Array(0), width: 0, height: 0 };
  let field: Int32Array = new Int32Array(0);
  return {
    take({ luma, width, height }) {
      if (luma.length < width * height) throw new RangeError('the picture is shorter than it says');
      frame = { luma: luma.slice(0, width * height), width, height };
    },
    halve: () => halved(frame),
    gradients: () => gradientsOf(16, halved(frame)),
    coarse: () => gradientsOf(32, halved(halved(frame))),
    opened: (gradients, off) => {
      field = opened(gradients, off);
      return { field, best: Math.max(0, ...field) };
    },
    quiet,
    patches: (gradients, level) => patches(gradients, field, gradientsOf(16, halved(frame)), level),
    warp: (placement, tones) => warped(placement.half ? halved(frame) : frame, placement, tones),
    soften: (picture) => softened(picture),
    sharpen: (picture, radius, strength) => sharpened(picture, radius, strength),
    level: (picture, radius) => levelled(picture, Math.min(radius, LEVEL_MOST)),
  };
}

function gradientsOf(block: Gradients['block'], { luma, width, height }: Luma): Gradients {
  const columns = Math.max(0, (width - 1) >> 3);
  const rows = Math.max(0, (height - 1) >> 3);
  const sums = sumsOf({ luma, width, height }, columns, rows);
  return { block, columns, rows, sums, scores: scoresOf(sums, columns, rows) };
}

function make(width: number, height: number, tone: (x: number, y: number) => number): Luma {
  const luma = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++) luma[i++] = tone(x, y);
  return { luma, width, height };
}

function reader({ luma, width }: Luma): (x: number, y: number) => number {
  return (x, y) => luma[y * width + x] as number;
}

function halved(picture: Luma): Luma {
  const at = reader(picture);
  return make(picture.width >> 1, picture.height >> 1, (halfX, halfY) => {
    const x = 2 * halfX;
    const y = 2 * halfY;
    return (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1) + 2) >> 2;
  });
}

function sumsOf(half: Luma, columns: number, rows: number): Int32Array {
  const inside = reader(half);
  const at = (x: number, y: number) => inside(Math.max(0, x), Math.max(0, y));
  const sums = new Int32Array(columns * rows * 8);
  const slope = (x: number, y: number) => at(x + 1, y) - at(x - 1, y);
  const mean = (x: number, y: number) => at(x - 1, y) + 2 * at(x, y) + at(x + 1, y);
  for (let y = 0; y < rows * 8; y++) {
    for (let x = 0; x < columns * 8; x++) {
      const i = ((y >> 3) * columns + (x >> 3)) * 8;
      const here = at(x, y);
      const gx = at(x + 1, y) - here;
      const gy = at(x, y + 1) - here;
      const sx = slope(x, y - 1) + 2 * slope(x, y) + slope(x, y + 1);
      const sy = mean(x, y + 1) - mean(x, y - 1);
      const all = [Math.abs(gx), gx, Math.abs(gy), gy, sx * sx, sy * sy, sx * sy, here];
      for (const [n, one] of all.entries()) sums[i + n] = (sums[i + n] as number) + one;
    }
  }
  return sums;
}

function scoresOf(sums: Int32Array, columns: number, rows: number): Int32Array {
  const scores = new Int32Array(columns * rows);
  const inside = (n: number, count: number) => Math.min(Math.max(n, 0), count - 1);
  for (let i = 0; i < scores.length; i++) {
    const total = [0, 0, 0, 0];
    for (let n = 0; n < 9; n++) {
      const row = inside(Math.floor(i / columns) + Math.floor(n / 3) - 1, rows);
      const column = inside((i % columns) + (n % 3) - 1, columns);
      const from = (row * columns + column) * 8;
      for (let k = 0; k < 4; k++) total[k] = (total[k] as number) + (sums[from + k] as number);
    }
    const [absX = 0, gx = 0, absY = 0, gy = 0] = total;
    scores[i] = absX - Math.abs(gx) + absY - Math.abs(gy);
  }
  return scores;
}

function opened({ columns, rows, scores, sums }: Gradients, off: number): Int32Array {
  const inside = (n: number, count: number) => Math.min(Math.max(n, 0), count - 1);
  const three = (field: Int32Array, pick: (...all: number[]) => number) =>
    field.map((_, i) => {
      const near: number[] = [];
      for (let n = 0; n < 9; n++) {
        const row = inside(Math.floor(i / columns) + Math.floor(n / 3) - 1, rows);
        const column = inside((i % columns) + (n % 3) - 1, columns);
        near.push(field[row * columns + column] as number);
      }
      return pick(...near);
    });
  const own = (i: number) => 9 * ((sums[i * 8] as number) + (sums[i * 8 + 2] as number));
  const less = scores.map((score, i) => Math.max(0, Math.min(score, own(i)) - off));
  return three(three(less, Math.min), Math.max);
}

function quiet({ scores, sums }: Gradients): Quiet {
  const steps = Array.from(scores, (score) => Math.min(255, Math.floor((score * 8) / 576)));
  const sorted = steps.sort((one, other) => one - other);
  const score = (sorted[Math.max(0, Math.ceil(scores.length * 0.2) - 1)] ?? 0) / 8;
  const squares = Array.from(scores, (one, i) =>
    one > score * 576 ? [] : [(sums[i * 8 + 4] as number) + (sums[i * 8 + 5] as number)],
  ).flat();
  const total = squares.reduce((sum, one) => sum + one, 0);
  return { score, squares: total / Math.max(1, squares.length) };
}

function patches(
  { block, columns, rows }: Gradients,
  field: Int32Array,
  fine: Gradients,
  level: number,
): Float64Array {
  const seen = new Set<number>();
  const found: number[] = [];
  for (let first = 0; first < field.length; first++) {
    if (seen.has(first) || (field[first] as number) < level) continue;
    const patch = [columns, rows, ...Array<number>(13).fill(0)];
    const add = (n: number, more: number) => {
      patch[n] = (patch[n] as number) + more;
    };
    seen.add(first);
    for (const at of seen) {
      // What was seen of other patches comes first, and has been counted.
      if (at !== first && patch[4] === 0) continue;
      const [x, y] = [at % columns, Math.floor(at / columns)];
      for (const [n, place] of [x, y].entries()) {
        patch[n] = Math.min(patch[n] as number, place);
        patch[n + 2] = Math.max(patch[n + 2] as number, place);
      }
      add(4, 1);
      add(5, field[at] as number);
      for (const [n, more] of [x, y, x * x, y * y, x * y].entries()) add(10 + n, more);
      const side = block / 16;
      for (let n = 0; n < side * side; n++) {
        const row = y * side + Math.floor(n / side);
        const finer = (row * fine.columns + x * side + (n % side)) * 8;
        add(6, 1);
        for (const k of [4, 5, 6]) add(k + 3, fine.sums[finer + k] as number);
      }
      for (let n = 0; n < 9; n++) {
        const [column, row] = [x + (n % 3) - 1, y + Math.floor(n / 3) - 1];
        const isInside = column >= 0 && column < columns && row >= 0 && row < rows;
        const next = row * columns + column;
        if (isInside && (field[next] as number) >= level) seen.add(next);
      }
    }
    found.push(...patch);
  }
  return Float64Array.from(found);
}

function warped(picture: Luma, placement: Placement, tones?: Uint8Array): Luma {
  const at = reader(picture);
  const fixed = (value: number) => Math.round(value * 65_536);
  const [startX, startY] = placement.start.map(fixed) as [number, number];
  const [acrossX, acrossY] = placement.across.map(fixed) as [number, number];
  const [downX, downY] = placement.down.map(fixed) as [number, number];
  const within = (place: number, length: number) =>
    Math.min(Math.max(place, 0), ((length - 1) << 16) - 1);
  return make(placement.width, placement.height, (column, row) => {
    const x = within(startX + row * downX + column * acrossX, picture.width);
    const y = within(startY + row * downY + column * acrossY, picture.height);
    const [left, top, right, low] = [x >> 16, y >> 16, (x >> 8) & 255, (y >> 8) & 255];
    const upper = at(left, top) * (256 - right) + at(left + 1, top) * right;
    const lower = at(left, top + 1) * (256 - right) + at(left + 1, top + 1) * right;
    const mixed = (upper * (256 - low) + lower * low + 32_768) >> 16;
    return tones ? (tones[mixed] as number) : mixed;
  });
}

function softened(picture: Luma): Luma {
  const line = (luma: Uint8Array, step: number) =>
    luma.map((here, i) => {
      if (i < step || i >= luma.length - step) return here;
      const sides = ((luma[i - step] as number) + (luma[i + step] as number) + 1) >> 1;
      return (sides + here + 1) >> 1;
    });
  const { width, height } = picture;
  const luma = picture.luma.slice(0, width * height);
  return { luma: line(line(luma, 1), width), width, height };
}

function sharpened(picture: Luma, radius: number, strength: number): Luma {
  const { width, height } = picture;
  const mean = (count: number, n: number, at: (n: number) => number) => {
    const from = Math.max(0, n - radius);
    const to = Math.min(count - 1, n + radius);
    let sum = 0;
    for (let i = from; i <= to; i++) sum += at(i);
    const inside = to - from + 1;
    return Math.floor((sum + (inside >> 1)) / inside);
  };
  const here = reader(picture);
  const rows = make(width, height, (x, y) => mean(width, x, (n) => here(n, y)));
  const across = reader(rows);
  const means = make(width, height, (x, y) => mean(height, y, (n) => across(x, n)));
  const blurred = reader(means);
  return make(width, height, (x, y) => {
    const tone = here(x, y);
    return byte(tone + (((tone - blurred(x, y)) * strength) >> 4));
  });
}

const f32 = Math.fround;

/** The widest radius whose sums fit into 32 bits. */
const LEVEL_MOST = 127;

function levelled(picture: Luma, radius: number): Luma {
  const { width, height } = picture;
  const at = reader(picture);
  return make(width, height, (x, y) => {
    let [count, sum, squares] = [0, 0, 0];
    for (let j = Math.max(0, y - radius); j <= Math.min(height - 1, y + radius); j++) {
      for (let i = Math.max(0, x - radius); i <= Math.min(width - 1, x + radius); i++) {
        count += 1;
        sum += at(i, j);
        squares += at(i, j) ** 2;
      }
    }
    const share = f32(1 / count);
    const mean = f32(f32(sum) * share);
    const variance = Math.max(0, f32(f32(f32(squares) * share) - f32(mean * mean)));
    const usual = f32(Math.sqrt(f32(variance + 1)));
    const far = f32(f32(60 * f32(at(x, y) - mean)) / usual);
    return byte(Math.floor(f32(far + 128.5)));
  });
}
