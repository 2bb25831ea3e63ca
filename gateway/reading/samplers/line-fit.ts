/** A straight line: t = at + slope × s. */
export interface Line {
  readonly at: number;
  readonly slope: number;
}

/** Bars lean from the lines' normal by this much at most: perspective and a coarse angle. */
const STEEPEST = 0.5;
/** Pairs of points that are tried. */
const TRIES_MAX = 400;

/**
 * The line that most points lie on within `tolerance`, then fitted to those (least squares).
 * Cost: 400 × points at most.
 *
 * @returns the line and the places of the points on it; undefined where no two agree
 */
export function fitLine(
  s: readonly number[],
  t: readonly number[],
  tolerance: number,
): { line: Line; inliers: number[] } | undefined {
  const count = s.length;
  const pairs = (count * (count - 1)) / 2;
  const stride = Math.max(1, Math.floor(pairs / TRIES_MAX));
  let best: Line | undefined;
  let most = 1;
  for (let i = 0, k = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++, k++) {
      if (k % stride !== 0 || s[j] === s[i]) continue;
      const slope = (t[j]! - t[i]!) / (s[j]! - s[i]!);
      if (Math.abs(slope) > STEEPEST) continue;
      const line = { at: t[i]! - slope * s[i]!, slope };
      const on = inliersOf(s, t, line, tolerance).length;
      if (on > most) {
        most = on;
        best = line;
      }
    }
  }
  if (!best) return undefined;
  const first = inliersOf(s, t, best, tolerance);
  const line = leastSquares(s, t, first) ?? best;
  return { line, inliers: inliersOf(s, t, line, tolerance) };
}

function inliersOf(s: readonly number[], t: readonly number[], line: Line, tolerance: number) {
  const inliers: number[] = [];
  for (let i = 0; i < s.length; i++) {
    if (Math.abs(t[i]! - line.at - line.slope * s[i]!) <= tolerance) inliers.push(i);
  }
  return inliers;
}

/** Undefined where all stand at one s. */
export function leastSquares(
  s: readonly number[],
  t: readonly number[],
  which: readonly number[],
): Line | undefined {
  let n = 0;
  let sumS = 0;
  let sumT = 0;
  for (const i of which) {
    n++;
    sumS += s[i]!;
    sumT += t[i]!;
  }
  let st = 0;
  let ss = 0;
  for (const i of which) {
    st += (s[i]! - sumS / n) * (t[i]! - sumT / n);
    ss += (s[i]! - sumS / n) ** 2;
  }
  if (ss < 1e-9) return undefined;
  const slope = st / ss;
  return { at: sumT / n - (slope * sumS) / n, slope };
}
