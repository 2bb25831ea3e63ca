import type { Lines } from './lines-types.ts';
import { BAND_LINES, BEFORE, EDGES_MAX, type Memory, PITCH } from './memory.ts';
import { partOf } from './view.ts';

/** Samples of a line are in parts of a level. */
const PARTS = 8;
const fixed = (place: number) => Math.round(place * 65_536);

/** Directions, bands of lines, and their edges. */
export function bandsOf(memory: Memory): Pick<Lines, 'angles' | 'band' | 'edges' | 'fit'> {
  const { wasm, at, take, buffer } = memory;
  let fitted = 0;

  function tensorOf(from: number, width: number, height: number): number | undefined {
    wasm.tensor(from, width, height, at.result);
    const [xx, yy, xy] = new Float64Array(buffer(), at.result, 3);
    if (xx === undefined || yy === undefined || xy === undefined || xx + yy === 0) return undefined;
    return 0.5 * Math.atan2(2 * xy, xx - yy);
  }

  return {
    angles(box) {
      const seen = memory.seen();
      const place = { ...box, x: box.x - seen.left, y: box.y - seen.top };
      const part = partOf(seen, place, 0);
      const [width, height] = [part.width >> 1, part.height >> 1];
      const half = take(width * height);
      const quarter = take((width >> 1) * (height >> 1));
      const from = at.picture + part.top * seen.width + part.left;
      wasm.halve(from, seen.width, part.width, part.height, half);
      wasm.halve(half, width, width, height, quarter);
      const found = [tensorOf(half, width, height), tensorOf(quarter, width >> 1, height >> 1)];
      return found.filter((angle) => angle !== undefined);
    },
    band(from, across, down, count, least) {
      const { left, top, width, height } = memory.seen();
      const x = from.x - left - BEFORE * across.x - (BAND_LINES >> 1) * down.x;
      const y = from.y - top - BEFORE * across.y - (BAND_LINES >> 1) * down.y;
      const plan = [x, y, across.x, across.y, down.x, down.y].map(fixed);
      const length = count + 3 * BEFORE;
      wasm.rays(at.picture, width, height, at.rows, BAND_LINES, length, PITCH, ...plan);
      const apart = Math.hypot(down.x, down.y);
      const rows = at.rows + 2 * BEFORE;
      wasm.meet(rows, PITCH, BAND_LINES, count, apart, least, at.room, at.result);
      const lasting = new Float32Array(buffer(), at.result, 3)[2] ?? 0;
      const sums = new Int16Array(buffer(), at.room, count);
      const values = new Float32Array(count);
      for (let i = 0; i < count; i++) values[i] = (sums[i] as number) / (BAND_LINES * PARTS);
      return { values, lasting };
    },
    edges(shares) {
      fitted = Math.min(EDGES_MAX, shares.length);
      const room = new Float32Array(buffer(), at.edges, fitted + 4);
      room.fill(0, fitted);
      room.set(shares.subarray(0, fitted));
    },
    fit(modules, step, first, last) {
      wasm.fit(at.edges, fitted, modules, step, first, last, at.result);
      const [slant = 0, fitting = -1] = new Float32Array(buffer(), at.result, 2);
      return { slant, fitting };
    },
  };
}
