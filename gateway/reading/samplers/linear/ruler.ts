/** A profile measured in modules. */
export interface Ruler {
  readonly values: Float32Array;
  readonly from: number;
  readonly to: number;
  readonly modules: number;
  /** How much wider modules become along the code: 0 where they stay. */
  readonly slant: number;
  readonly backwards: boolean;
  readonly inverted: boolean;
}

/** Where a module's edge is along the profile. */
export function placeOf({ from, to, modules, slant, backwards }: Ruler, module: number): number {
  const share = module / modules;
  const u = backwards ? 1 - share : share;
  // A line seen at a slant: u / (1 + slant (1 - u)), which keeps both its ends.
  return from + ((to - from) * u) / (1 + slant * (1 - u));
}

/** How dark each of some modules is, from `first` on: the mean of its inner part. */
export function modulesAt(ruler: Ruler, first: number, out: Float32Array): void {
  const { values, inverted } = ruler;
  for (let m = 0; m < out.length; m++) {
    const a = placeOf(ruler, first + m + 0.2);
    const b = placeOf(ruler, first + m + 0.8);
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      const x = a + ((b - a) * (k + 0.5)) / 4;
      const at = x < 0 ? 0 : x > values.length - 1.01 ? values.length - 1.01 : x;
      const left = at | 0;
      sum += values[left]! + (at - left) * (values[left + 1]! - values[left]!);
    }
    out[m] = inverted ? sum : -sum;
  }
}

/** Patterns of one length as they look through blur, each with mean 0 and length 1. */
export interface Templates {
  readonly modules: number;
  readonly count: number;
  readonly values: Float32Array;
}

/**
 * @param runs widths of bars and spaces in turn
 * @param firstDark whether they begin with a bar; before and behind them is the opposite
 * @param blur how much of a module's light falls on each neighbour
 */
export function templatesOf(
  runs: readonly (readonly number[])[],
  firstDark: boolean,
  blur: number,
): Templates {
  const modules = runs[0]!.reduce((a, b) => a + b);
  const values = new Float32Array(runs.length * modules);
  runs.forEach((pattern, i) => {
    const levels = pattern.flatMap((run, k) =>
      Array<number>(run).fill((k % 2 === 0) === firstDark ? 1 : 0),
    );
    const before = 1 - levels[0]!;
    const behind = 1 - levels[modules - 1]!;
    const soft = levels.map((level, m) => {
      const around = (levels[m - 1] ?? before) + (levels[m + 1] ?? behind);
      return level * (1 - 2 * blur) + blur * around;
    });
    const mean = soft.reduce((a, b) => a + b) / modules;
    const size = Math.sqrt(soft.reduce((sum, level) => sum + (level - mean) ** 2, 0));
    soft.forEach((level, m) => {
      values[i * modules + m] = (level - mean) / size;
    });
  });
  return { modules, count: runs.length, values };
}

/** The pattern most like some modules, by correlation, and the next. */
export interface Match {
  readonly index: number;
  readonly likeness: number;
  readonly second: number;
  readonly secondLikeness: number;
}

export function matchOf(seen: Float32Array, { modules, count, values }: Templates): Match {
  let mean = 0;
  for (const value of seen) mean += value / modules;
  let power = 0;
  for (const value of seen) power += (value - mean) ** 2;
  const scale = power < 1e-6 ? 0 : 1 / Math.sqrt(power);
  let [index, likeness, second, secondLikeness] = [0, -2, 0, -2];
  for (let i = 0, k = 0; i < count; i++) {
    let sum = 0;
    for (let m = 0; m < modules; m++, k++) sum += seen[m]! * values[k]!;
    sum *= scale;
    if (sum > likeness) {
      second = index;
      secondLikeness = likeness;
      index = i;
      likeness = sum;
    } else if (sum > secondLikeness) {
      second = i;
      secondLikeness = sum;
    }
  }
  return { index, likeness, second, secondLikeness };
}
