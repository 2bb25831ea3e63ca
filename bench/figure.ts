/** One measured figure beside the limit it is held against, both from the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, measured in the same run. */
  readonly limit: { readonly name: string; readonly value: number; readonly unit: string };
  /** `value / limit`, or what the target speaks of. */
  readonly ratio: number;
  /** The target in words, such as `≤ 20 ×`. */
  readonly target: string;
  readonly holds: boolean;
}

/** What may be said on the command line beside a benchmark's name, all as texts. */
export type Wishes = Readonly<Record<string, string | undefined>>;

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  /** Wishes it knows, each with what it means. */
  readonly wishes?: Readonly<Record<string, string>>;
  run(wishes: Wishes): Promise<Figure[]>;
}

/** The value below which a share (0 to 1) of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return sorted[index] ?? Number.NaN;
}

/** A figure that must stay at or below so many times its limit. */
export function atMost(
  times: number,
  figure: Pick<Figure, 'name' | 'value' | 'unit' | 'limit'>,
): Figure {
  const ratio = figure.value / figure.limit.value;
  return { ...figure, ratio, target: `≤ ${times} ×`, holds: ratio <= times };
}

/** A figure that must reach at least so many times its limit. */
export function atLeast(
  times: number,
  figure: Pick<Figure, 'name' | 'value' | 'unit' | 'limit'>,
): Figure {
  const ratio = figure.value / figure.limit.value;
  return { ...figure, ratio, target: `≥ ${times} ×`, holds: ratio >= times };
}
