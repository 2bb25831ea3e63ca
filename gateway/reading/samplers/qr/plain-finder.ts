import { FINDER_KNOWN } from './known.ts';
import type { Match } from './plain-lines.ts';
import type { Fitting } from './plain-shape.ts';

const f32 = Math.fround;
/** Modules of a finder that are gone on with, in pixels. */
const MODULE_LEAST = f32(1.1);
const MODULE_MOST = 7;

/** Crossings of one finder are so many modules apart at most, along their lines and across. */
export const NEAR = 1.2;
export const APART = 3;

type Six = readonly [...[number, number, number], ...[number, number, number]];

/** A finder on a line: runs of 1, 1, 3, 1 and 1 modules; what two of them span blur leaves. */
export const finderAt: Match = (edges, first) => {
  if (first + 5 >= edges.length) return undefined;
  const [a, b, c, d, e, f] = edges.slice(first, first + 6) as unknown as Six;
  const span = f32(f - a);
  const module = f32(span * f32(1 / 7));
  if (module < MODULE_LEAST || module > MODULE_MOST) return undefined;
  for (const [from, to, modules] of [
    [a, c, 2],
    [b, d, 4],
    [c, e, 4],
    [d, f, 2],
  ] as const) {
    if (Math.abs(f32(f32(to - from) - f32(modules * module))) > module) return undefined;
  }
  const t = f32(f32(f32(f32(a + c) + d) + f) / 4);
  return { t, module: f32(span / 7), inverted: first % 2 === 1 };
};

/** How a finder's modules are fitted. */
export const FINDER: Fitting = {
  known: FINDER_KNOWN,
  turns: Array.from({ length: 9 }, (_, i) => {
    const angle = (i * Math.PI) / 18;
    return [f32(Math.cos(angle)), f32(Math.sin(angle))] as const;
  }),
  step: 0.25,
  rounds: 8,
  shorter: 0.72,
  hopeless: { begun: 0.25, first: 0.42, third: 0.5 },
};
