import type { Lines } from './lines-types.ts';
import { HIT_FIELDS, HITS_MAX, type Memory } from './memory.ts';
import { uprightOf, VIEW_FIELDS } from './view.ts';

/** Views turned upright, and their guards. */
export function viewsOf(memory: Memory): Pick<Lines, 'turn' | 'guards'> {
  const { wasm, at, take, buffer } = memory;
  return {
    turn(turned) {
      const seen = memory.seen();
      const view = uprightOf(turned, seen);
      const here = take(2 * view.rows * view.columns);
      new Float64Array(buffer(), at.view, VIEW_FIELDS).set(view.fields);
      wasm.upright(at.picture, seen.width, seen.height, at.view, here, view.rows, view.columns);
      return { ...view, at: here };
    },
    guards({ rows, columns, at: here, fields }, taps, step, faint) {
      const plan = [taps, step, faint ? 1 : 0, at.room, at.edges, at.hits, HITS_MAX];
      new Float64Array(buffer(), at.view, VIEW_FIELDS).set(fields);
      const count = wasm.guards(at.view, here, rows, columns, ...plan);
      return new Float32Array(buffer(), at.hits, HIT_FIELDS * count);
    },
  };
}

/** Planes laid flat, and the waves of their lines. */
export function sheetsOf(
  memory: Memory,
): Pick<Lines, 'flatten' | 'values' | 'sums' | 'steps' | 'waves'> {
  const { wasm, at, take, buffer } = memory;
  return {
    flatten(plane, columns, lines) {
      const pitch = 2 * ((columns + 7) & ~7);
      const here = take(pitch * lines);
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = plane;
      const { left, top, width, height } = memory.seen();
      const moved = [a - left * g, b - left * h, c - left, d - top * g, e - top * h, f - top];
      new Float64Array(buffer(), at.view, 8).set([...moved, g, h]);
      wasm.flatten(at.picture, width, height, at.view, here, columns, lines, pitch);
      return { at: here, columns, lines, pitch: pitch >> 1 };
    },
    values({ at: here, lines, pitch }) {
      return new Int16Array(buffer(), here, lines * pitch);
    },
    sums({ at: here, columns, pitch }, first, last) {
      wasm.sums(here, 2 * pitch, columns, first, last, at.rows);
      return new Int32Array(buffer(), at.rows, columns);
    },
    steps({ at: here, columns, lines, pitch }, reach, begins, around) {
      const parts = begins.length - 1;
      const stride = (parts + 3) & ~3;
      new Int32Array(buffer(), at.edges, begins.length).set(begins);
      const [raw, less] = [take(4 * lines * stride), take(4 * lines * stride)];
      const plan = [2 * pitch, columns, lines, reach, at.edges, parts, stride, at.rows, raw];
      wasm.steps(here, ...(plan as [number, number, number]));
      wasm.lessMean(raw, lines, stride, around, less);
      return { at: less, parts, lines, stride };
    },
    waves({ at: here, parts, lines, stride }, height) {
      const turn = (2 * Math.PI) / height;
      const power = wasm.waves(here, lines, stride, Math.cos(turn), Math.sin(turn), at.room);
      const cos = new Float32Array(buffer(), at.room, parts);
      return { power, cos, sin: new Float32Array(buffer(), at.room + 4 * stride, parts) };
    },
  };
}
