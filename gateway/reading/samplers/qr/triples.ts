import type { Finder } from './finders.ts';

import { inAxes } from './shape.ts';

/** At most so many are gone on with. */
const TRIPLES_MAX = 6;

/** Three finders in the order upper left, upper right, lower left. */
export type Triple = readonly [Finder, Finder, Finder];

export interface Candidate {
  readonly triple: Triple;
  /** Modules between the outer edges, by the finders' own sizes. */
  readonly size: number;
}

/**
 * Three finders that may be of one symbol: alike in size, at a corner that perspective could make of
 * a right one, not mirrored. The likeliest first.
 */
export function triplesOf(finders: readonly Finder[]): Candidate[] {
  const found: (Candidate & { score: number })[] = [];
  for (const corner of finders) {
    for (const right of finders) {
      for (const below of finders) {
        if (right === corner || below === corner || right === below) continue;
        const candidate = candidateOf([corner, right, below]);
        if (candidate) found.push(candidate);
      }
    }
  }
  return found.sort((a, b) => b.score - a.score).slice(0, TRIPLES_MAX);
}

/** Modules between two finders, by the axes of both. */
function apart(one: Finder, other: Finder): number {
  const from = inAxes(one, other);
  const back = inAxes(other, one);
  return (Math.hypot(from.u, from.v) + Math.hypot(back.u, back.v)) / 2;
}

function candidateOf(triple: Triple): (Candidate & { score: number }) | undefined {
  const [corner, right, below] = triple;
  if (right.inverted !== corner.inverted || below.inverted !== corner.inverted) return undefined;
  const modules = triple.map(({ module }) => module);
  if (Math.max(...modules) > 2 * Math.min(...modules)) return undefined;
  const ax = right.x - corner.x;
  const ay = right.y - corner.y;
  const bx = below.x - corner.x;
  const by = below.y - corner.y;
  const a = Math.hypot(ax, ay);
  const b = Math.hypot(bx, by);
  const turn = (ax * by - ay * bx) / (a * b);
  const lean = Math.abs(ax * bx + ay * by) / (a * b);
  // A mirrored symbol turns the other way.
  if (turn < 0.5 || lean > 0.75 || Math.max(a, b) > 2.5 * Math.min(a, b)) return undefined;
  const along = apart(corner, right) + 7;
  const down = apart(corner, below) + 7;
  const size = (along + down) / 2;
  if (size < 19 || size > 130) return undefined;
  const unlike = Math.abs(along - down) / size + lean;
  const weight = Math.min(corner.likeness, right.likeness, below.likeness);
  return { triple, size, score: weight * (1 - 0.7 * unlike) };
}
