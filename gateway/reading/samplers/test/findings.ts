import * as assert from 'uvu/assert';
import type { Luma } from '../../luma.ts';
import type { FindingExports, openFinding } from '../finding.ts';
import { type Cluster, plainClusters, plainSpots } from '../qr/plain-clusters.ts';
import { type Match, plainCrossings } from '../qr/plain-lines.ts';
import { type Fitting, plainShape } from '../qr/plain-shape.ts';
import { plainShrunk, plainTurned } from '../qr/plain-views.ts';
import type { View } from '../qr/view.ts';
import { type Cells, chance, decoy, type Held, picture } from './picture.ts';

/** Kernels that find a pattern; what their twin in plain TypeScript goes by. */
export interface Pattern {
  readonly match: Match;
  readonly near: number;
  readonly apart: number;
  readonly fitting: Fitting;
}

/** What was found, counted: a test that compares nothing proves nothing. */
export interface Counts {
  clusters: number;
  spots: number;
  fitted: number;
  hopeless: number;
}

type Finding = ReturnType<typeof openFinding<FindingExports>>;

const CLUSTER_FLOATS = 8;
const HELD: readonly Held[] = [
  { width: 131, turn: 17, noise: 12 },
  { width: 121, turn: 45, lean: 0.25, blur: 1 },
  { width: 150, turn: 163, blur: 2, inverted: true },
  { width: 90, turn: 284, dark: 100, light: 122, noise: 3 },
  { width: 140, turn: -8, lean: 0.3, noise: 45 },
];

/**
 * A code held in many ways and at the border of what is seen, print, noise, nothing, tiny parts and
 * a line that is too long.
 */
export function drawn(cells: Cells): Luma[] {
  const { luma: clear } = picture(cells, { width: 150 });
  const held = HELD.map((one, i) => picture(cells, one, i + 1).luma);
  return [
    clear,
    ...held,
    // The patterns are at the border, or beyond it.
    cut(clear, { left: 44, top: 44, width: 147, height: 150 }),
    cut(clear, { left: 51, top: 47, width: 90, height: 61 }),
    cut(held[0]!, { left: 44, top: 0, width: 101, height: 139 }),
    ...[3, 8].map((seed) => decoy(seed).luma),
    grain(150, 131),
    { luma: new Uint8Array(80 * 50).fill(255), width: 80, height: 50 },
    ...[1, 2, 3, 7, 8, 17, 30].map((width) => {
      return cut(clear, { left: 60, top: 60, width, height: 31 - width });
    }),
    grain(12_345, 3),
  ];
}

/** Pixels of chance. */
export function grain(width: number, height: number): Luma {
  const next = chance(width);
  const luma = Uint8Array.from({ length: width * height }, () => (next() < 0.5 ? 30 : 220));
  return { luma, width, height };
}

function cut(from: Luma, part: { left: number; top: number; width: number; height: number }): Luma {
  const { left, top, width, height } = part;
  const at = (i: number) => (top + Math.floor(i / width)) * from.width + left + (i % width);
  const luma = Uint8Array.from({ length: width * height }, (_, i) => from.luma[at(i)]!);
  return { luma, width, height };
}

const VIEWS = [
  { factor: 2, step: 1.5 },
  { factor: 4, step: 1 },
  { factor: 1, step: 2 },
  { factor: 3, step: 1 },
  { factor: 5, step: 1 },
] as const;
/** So many places are fitted in each view. */
const FITTED = 5;

/** Asserts that kernels shrink, cross, find and fit in a picture what their plain twin does. */
export function findsAlike(finding: Finding, seen: Luma, pattern: Pattern, to: Counts): void {
  const { width, height } = seen;
  finding.take(seen, { x: 0, y: 0, width, height, score: 1, coherence: 0, angle: 0 });
  for (const { factor, step } of VIEWS) {
    const view = finding.view(factor);
    // A quarter of the size is half of half of it.
    const small = factor === 4 ? plainShrunk(plainShrunk(seen, 2), 2) : plainShrunk(seen, factor);
    assert.equal(finding.pixels(view), small.luma);
    const levels = clustersOf(small, step, pattern);
    assert.equal(crossedIn(finding, view, step), levels);
    const spots = finding.spots(view, step);
    assert.equal(spots, plainSpots(levels, clustersOf(plainTurned(small), step, pattern), step));
    to.clusters += levels.length;
    to.spots += spots.length;
    // Places beside those, too: they are less alike, or hopeless.
    const beside = spots.map((one) => ({
      ...one,
      x: one.x + 1.2 * one.module,
      module: 1.2 * one.module,
    }));
    for (const spot of [...spots.slice(0, FITTED), ...beside.slice(0, FITTED)]) {
      const { likeness, figures } = plainShape(small, spot, pattern.fitting);
      const shape = finding.shape(view, spot, -2);
      assert.is(shape?.likeness, likeness);
      if (shape && figures) {
        const { x, y, along, down } = shape;
        assert.equal([x, y, along.x, along.y, down.x, down.y], figures);
        to.fitted++;
      } else to.hopeless++;
    }
  }
}

export function clustersOf(part: Luma, step: number, pattern: Pattern): Cluster[] {
  const crossings = plainCrossings(part, step, pattern.match);
  return plainClusters(crossings, pattern.near, pattern.apart);
}

/** The clusters that kernels make of a view's level lines. */
export function crossedIn(
  { kernels, placesOf, floats }: Finding,
  view: View,
  step: number,
): Cluster[] {
  const { LEVEL } = placesOf(['LEVEL']);
  const count = kernels.cross(view.at, view.width, view.height, step, LEVEL);
  const all = Array.from(floats(LEVEL, count * CLUSTER_FLOATS));
  return Array.from({ length: count }, (_, i) => {
    const [t, s, module, weight, inverted, last, first] = all.slice(
      i * CLUSTER_FLOATS,
      (i + 1) * CLUSTER_FLOATS,
    ) as unknown as readonly [number, number, number, number, number, number, number];
    return { t, s, module, inverted: inverted === 1, weight, last, first };
  });
}
