import type { Luma } from '../../luma.ts';
import type { Known } from '../qr/known.ts';
import { lookThrough, plainLikeness, sumOf } from '../qr/plain-look.ts';
import { SIDES_KNOWN, timingOf } from './known.ts';
import { LAYOUTS } from './layout.ts';
import type { Side } from './plain-lines.ts';
import { areNear, type Corners, plainSolids, type Solid, warpOf } from './plain-solid.ts';

const f32 = Math.fround;
const SLANTS = 6;
const SLANT = 0.045;
const COARSE = 3;
const SIZES_KEPT = 3;
const HALF_LEAST = 0.5;
const ALIKE_TURNED = 0.4;
const MODULE_LEAST = 1.7;
const ALIKE_BEGUN = 0.45;
const STEP_PX = 1;
const STEP_SHARE = 0.02;
const SHORTER = 0.7;
const ROUNDS = 6;
const TIMED_LEAST = 0.5;
const ALIKE_LEAST = 0.4;
const SURE = 1.85;
const NEAR_PX = 1;

const WHOLE = LAYOUTS.map((layout) => timingOf(layout, false));
const HALVES = LAYOUTS.map((layout) => timingOf(layout, true));

/** Four sides that may be a symbol's: which of all sizes, and how like one's they are. */
export interface PlainQuad {
  readonly corners: Corners;
  readonly sign: number;
  readonly size: number;
  readonly likeness: number;
}

interface Slanted {
  readonly score: number;
  readonly up: number;
  readonly right: number;
}

/** What may be symbols as assembly/quads.ts finds it, to the bit. */
export function plainQuads(picture: Luma, sides: readonly Side[]): PlainQuad[] {
  const quads: PlainQuad[] = [];
  for (const solid of plainSolids(picture, sides)) {
    const { sign } = solid;
    const { corners, size, timed } = slanted(picture, solid);
    const warp = warpOf(corners);
    if (timed < TIMED_LEAST || !warp) continue;
    const score = sign * plainLikeness(picture, SIDES_KNOWN, warp);
    const isKnown = quads.some(
      (one) => one.sign === sign && one.size === size && areNear(one.corners, corners, NEAR_PX),
    );
    if (score < f32(ALIKE_LEAST) || isKnown) continue;
    const likeness = f32(score + timed);
    quads.push({ corners, sign, size, likeness });
    if (likeness >= f32(SURE)) break;
  }
  return quads;
}

function slanted(picture: Luma, { corners, sign }: Solid) {
  const [ax, ay, , , cx, cy, dx, dy] = corners as unknown as Eight;
  const [upX, upY, rightX, rightY] = [ax - dx, ay - dy, cx - dx, cy - dy];
  const short = Math.min(upX * upX + upY * upY, rightX * rightX + rightY * rightY);
  const side = Math.sqrt(short);
  const most = Math.min(LAYOUTS.length, Math.trunc((side / MODULE_LEAST - 8) / 2));
  const slantedBy = (up: number, right: number): Corners => {
    const [u, v] = [SLANT * up, SLANT * right];
    const fourth = [ax + rightX + u * upX + v * rightX, ay + rightY + u * upY + v * rightY];
    return corners.toSpliced(2, 2, ...fourth);
  };
  const scoreOf = (known: Known, at: Corners) => {
    const warp = warpOf(at);
    return warp ? sign * inTurn(lookThrough(picture, warp), known) : -2;
  };
  const best = (known: Known, ups: readonly number[], rights: readonly number[], from: Slanted) => {
    let found = from;
    for (const up of ups) {
      for (const right of rights) {
        const score = scoreOf(known, slantedBy(up, right));
        if (score > found.score) found = { score, up, right };
      }
    }
    return found;
  };
  const none = { score: -2, up: 0, right: 0 };
  const coarse = range(SLANTS, COARSE);
  const halves = HALVES.slice(0, Math.max(0, most)).map((known) => {
    return best(known, coarse, coarse, none);
  });
  const likely = Array.from(halves.keys()).sort((a, b) => halves[b]!.score - halves[a]!.score);
  let timed = { ...none, size: 0 };
  for (const size of likely.slice(0, SIZES_KEPT)) {
    const { score, up, right } = halves[size]!;
    if (score < f32(HALF_LEAST)) break;
    const known = WHOLE[size]!;
    const near = (at: number) => range(COARSE).map((step) => at + step);
    let found = best(known, near(up), near(right), none);
    if (found.score >= f32(ALIKE_TURNED)) {
      found = best(known, [found.up], range(SLANTS), found);
      found = best(known, range(SLANTS), [found.right], found);
    }
    if (found.score > timed.score) timed = { ...found, size };
  }
  const { size, score } = timed;
  const begun = { corners: slantedBy(timed.up, timed.right), size, timed: score };
  if (score < f32(ALIKE_BEGUN)) return begun;
  const ways = [
    [0, upX, upY],
    [2, upX, upY],
    [4, rightX, rightY],
    [2, rightX, rightY],
  ] as const;
  let climbed = begun;
  let step = STEP_PX / side + STEP_SHARE;
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, x, y] of ways) {
      const [lastX, lastY] = [climbed.corners[at]!, climbed.corners[at + 1]!];
      for (const way of [1, -1]) {
        const moved = [lastX + way * (step * x), lastY + way * (step * y)];
        const next = climbed.corners.toSpliced(at, 2, ...moved);
        const better = scoreOf(WHOLE[size]!, next);
        if (better <= climbed.timed) continue;
        climbed = { corners: next, size, timed: better };
        break;
      }
    }
    step *= SHORTER;
  }
  return climbed;
}

/** From -reach to reach. */
function range(reach: number, step = 1): number[] {
  return Array.from({ length: (2 * reach) / step + 1 }, (_, i) => i * step - reach);
}

/** How like dark and light in turn modules are, each against the two beside it. */
function inTurn(look: Look, { u, v, weight, power }: Known): number {
  const seen = Array.from(u, (at, i) => look(at, v[i]!));
  const values = seen.map((here, i) => {
    const beside = f32((seen[i - 1] ?? 0) + (seen[i + 1] ?? 0));
    return f32(f32(2 * here - beside) * Math.abs(weight[i]!));
  });
  const square = sumOf(values.map((value) => f32(value * value)));
  const both = sumOf(values.map((value, i) => f32(value * weight[i]!)));
  return square < 1 ? 0 : f32(both / f32(Math.sqrt(f32(square * f32(power)))));
}

type Look = ReturnType<typeof lookThrough>;
type Four = readonly [number, number, number, number];
type Eight = readonly [...Four, ...Four];
