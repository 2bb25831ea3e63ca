import type { Luma } from '../../luma.ts';
import type { Plane } from '../plane.ts';
import type { Overlay } from './overlay.ts';

type Eight = readonly [number, number, number, number, number, number, number, number];

/** Pixels along which a plane is taken for straight. */
const STRAIGHT = 16;

/** The kernels' twin in plain TypeScript: the same to the bit, for tests. */
export function plainOverlay(): Overlay {
  const none: Luma = { luma: new Uint8Array(0), width: 0, height: 0 };
  let newest = { full: none, small: none };
  let older = { full: none, small: none };
  let sums = new Uint16Array(0);
  let pictures = 0;
  return {
    newest(full, small) {
      newest = { full, small };
      sums = Uint16Array.from(full.luma.subarray(0, full.width * full.height), (tone) => tone * 16);
      pictures = 1;
    },
    older(full, small) {
      older = { full, small };
    },
    alike(size, { left, top, width, height }, shift, step) {
      const [one, other] = [newest[size], older[size]];
      let [n, sa, sb, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
      for (let y = top; y < top + height; y += step) {
        for (let x = left; x < left + width; x += step) {
          const a = one.luma[y * one.width + x] as number;
          const b = other.luma[(y + shift.y) * other.width + x + shift.x] as number;
          n++;
          sa += a;
          sb += b;
          aa += a * a;
          bb += b * b;
          ab += a * b;
        }
      }
      const spread = (aa - (sa * sa) / n) * (bb - (sb * sb) / n);
      return n < 20 || spread < 1 ? 0 : (ab - (sa * sb) / n) / Math.sqrt(spread);
    },
    add(box, plane) {
      const { width, height } = newest.full;
      for (let y = 0, i = 0; y < height; y++) {
        const v = (-2 * box.y) / box.height - 0.5 + y * (2 / box.height);
        for (let x = 0; x < width; x++, i++) {
          const from = x - (x % STRAIGHT);
          const u = (-2 * box.x) / box.width - 0.5 + from * (2 / box.width);
          const end = u + STRAIGHT * (2 / box.width);
          const [first, last] = [seen(older.full, plane, u, v), seen(older.full, plane, end, v)];
          const steps = x % STRAIGHT;
          const px = first.x + steps * Math.trunc((last.x - first.x) / STRAIGHT);
          const py = first.y + steps * Math.trunc((last.y - first.y) / STRAIGHT);
          sums[i] = (sums[i] as number) + sixteenths(older.full, px, py);
        }
      }
      pictures += 1;
    },
    mean() {
      const { width, height } = newest.full;
      const all = 16 * pictures;
      const luma = Uint8Array.from(sums, (sum) => Math.floor((sum + all / 2) / all));
      return { luma, width, height };
    },
  };
}

/** Where a plane's (u, v) is in a picture, 16.16. */
function seen({ width, height }: Luma, plane: Plane, u: number, v: number) {
  const [a, b, c, d, e, f, g, h] = plane as unknown as Eight;
  const over = 1 / (g * u + h * v + 1);
  const inside = (at: number, last: number) => Math.trunc(Math.min(Math.max(at, 0), last) * 65_536);
  return {
    x: inside((a * u + b * v + c) * over, width - 1.001),
    y: inside((d * u + e * v + f) * over, height - 1.001),
  };
}

/** The brightness at a place, mixed of four pixels. */
function sixteenths({ luma, width }: Luma, x: number, y: number): number {
  const at = (y >> 16) * width + (x >> 16);
  const [fx, fy] = [(x >> 8) & 255, (y >> 8) & 255];
  const tone = (i: number) => luma[i] as number;
  const upper = tone(at) * 256 + (tone(at + 1) - tone(at)) * fx;
  const lower = tone(at + width) * 256 + (tone(at + width + 1) - tone(at + width)) * fx;
  return (upper * 256 + (lower - upper) * fy + 2_048) >> 12;
}
