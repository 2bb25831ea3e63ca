import type { Spot } from '../finding.ts';
import type { Crossing } from './plain-lines.ts';

const f32 = Math.fround;
/** Most of a pattern, in pixels. */
const FAR = 3 * 7;
/** So many clusters are compared with one another; those that there may be, and places. */
const COMPARED = 150;
const CLUSTERS_MOST = 2_000;
const SPOTS_MOST = 64;
/** Modules' sizes are alike by this share of a module: within a cluster, along and across. */
const ALIKE = f32(0.4);
const ALIKE_BOTH = f32(0.45);
/** So many lines have to cross a pattern, and this share of those that one of its size has. */
const CROSSINGS = 4;
const CROSSED = f32(0.2);

/** Crossings of one place: where they are on average, the lines of the first and of the last. */
export interface Cluster extends Crossing {
  readonly weight: number;
  readonly last: number;
  readonly first: number;
}

/**
 * Gathers crossings, which come line by line, into clusters.
 * @param near how many modules those of one pattern are apart at most, along their lines,
 * @param apart and across them
 */
export function plainClusters(
  crossings: readonly Crossing[],
  near: number,
  apart: number,
): Cluster[] {
  const clusters: Cluster[] = [];
  for (const crossing of crossings) {
    const { t, s, module, inverted } = crossing;
    const mine = clusters.slice(-4 * COMPARED - 1).findLast((one) => {
      if (s - one.first > 3 * FAR || s - one.last > FAR || one.inverted !== inverted) return false;
      const along = Math.abs(f32(one.t - t)) < f32(f32(near) * module);
      const across = Math.abs(f32(one.s - s)) < f32(f32(apart) * module);
      return along && across && Math.abs(f32(one.module - module)) < f32(ALIKE * module);
    });
    if (mine) clusters[clusters.indexOf(mine)] = joined(mine, crossing);
    else if (clusters.length < CLUSTERS_MOST) {
      clusters.push({ ...crossing, weight: 1, last: s, first: s });
    }
  }
  return clusters;
}

function joined(cluster: Cluster, crossing: Crossing): Cluster {
  const weight = cluster.weight + 1;
  const mean = (known: number, one: number) => f32(known + f32(f32(one - known) * f32(1 / weight)));
  const t = mean(cluster.t, crossing.t);
  const s = mean(cluster.s, crossing.s);
  const module = mean(cluster.module, crossing.module);
  return { ...cluster, ...{ t, s, module, weight }, last: crossing.s };
}

/** Leaves out the lightest until not too many are left. */
function heaviest(clusters: readonly Cluster[]): readonly Cluster[] {
  let left = clusters;
  for (let least = 2; left.length > COMPARED && least < 6; least++) {
    left = left.filter(({ weight }) => weight >= least);
  }
  return left.slice(0, 2 * COMPARED);
}

/**
 * Places where lines along and lines across both show a pattern, the likeliest first.
 * @param levels clusters of lines along, `step` pixels apart
 * @param uprights of lines across, whose t is y
 */
export function plainSpots(
  levels: readonly Cluster[],
  uprights: readonly Cluster[],
  step: number,
): Spot[] {
  const spots: Spot[] = [];
  const across = heaviest(uprights);
  for (const level of heaviest(levels)) {
    for (const upright of across) {
      const module = f32(0.5 * f32(level.module + upright.module));
      const reach = f32(1.5 * module);
      if (Math.abs(f32(upright.s - level.t)) > reach) continue;
      if (Math.abs(f32(upright.t - level.s)) > reach) continue;
      if (level.inverted !== upright.inverted) continue;
      if (Math.abs(f32(level.module - upright.module)) > f32(ALIKE_BOTH * module)) continue;
      const lines = level.weight + upright.weight;
      const weight = Math.min(1, f32(f32(lines * step) / f32(6 * module)));
      if (lines < CROSSINGS || weight < CROSSED) continue;
      add(spots, { x: level.t, y: upright.t, module, inverted: level.inverted, weight });
    }
  }
  return spots.sort((a, b) => b.weight - a.weight);
}

/** Keeps the likeliest of those that are in one place, and of all. */
function add(spots: Spot[], spot: Spot): void {
  const { x, y, module, inverted, weight } = spot;
  const known = spots.findIndex((one) => {
    const apart = f32(Math.abs(f32(one.x - x)) + Math.abs(f32(one.y - y)));
    return apart < module && one.inverted === inverted;
  });
  if (known >= 0) {
    if (spots[known]!.weight < weight) spots[known] = spot;
    return;
  }
  if (spots.length < SPOTS_MOST) {
    spots.push(spot);
    return;
  }
  const least = Math.min(...spots.map((one) => one.weight));
  if (least < weight) spots[spots.findIndex((one) => one.weight === least)] = spot;
}
