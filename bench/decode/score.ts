import { cpuOf } from './cpu.ts';
import type { Reader } from './reader.ts';
import type { Scene } from './scene.ts';

/** What one decoder did with one scene. */
export interface Result {
  readonly level: string;
  readonly faults: readonly string[];
  /** The code's kind; undefined where the scene has none. */
  readonly kind?: string | undefined;
  readonly read: boolean;
  /** Texts that are not the scene's. */
  readonly wrong: number;
  readonly stage?: string | undefined;
  /** Milliseconds of this thread's CPU. */
  readonly ms: number;
}

/** Reads one scene. A text that is not the scene's is a false read. */
export async function score(reader: Reader, scene: Scene): Promise<Result> {
  const input = reader.prepare(scene);
  const { ms, result: said } = await cpuOf(() => reader.read(input));
  const { truth, level, faults } = scene;
  const right = said.find(({ text }) => isTruth(text, truth));
  const wrong = said.filter(({ text }) => !isTruth(text, truth)).length;
  return { level, faults, kind: truth?.kind, read: !!right, wrong, stage: right?.stage, ms };
}

/** An EAN-13 that begins with 0 is a UPC-A too. */
function isTruth(text: string, truth: Scene['truth']): boolean {
  if (!truth) return false;
  return text === truth.text || (truth.symbology === 'EAN13' && `0${text}` === truth.text);
}

export interface Summary {
  readonly scenes: number;
  readonly read: number;
  readonly wrong: number;
  readonly ms: Spread;
}

export interface Spread {
  readonly mean: number;
  readonly median: number;
  readonly max: number;
}

export function summary(results: readonly Result[]): Summary {
  return {
    scenes: results.length,
    read: results.filter(({ read }) => read).length,
    wrong: results.reduce((sum, { wrong }) => sum + wrong, 0),
    ms: spread(results.map(({ ms }) => ms)),
  };
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length),
    median: sorted[Math.floor(sorted.length / 2)] ?? 0,
    max: sorted.at(-1) ?? 0,
  };
}

/** A share in per cent. */
export function recall({ read, scenes }: Pick<Summary, 'read' | 'scenes'>): number {
  return scenes === 0 ? Number.NaN : (100 * read) / scenes;
}

/** Summaries of parts: by level, by kind, by fault. */
export function grouped(
  results: readonly Result[],
  groupsOf: (result: Result) => readonly string[],
): Record<string, Summary> {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    for (const group of groupsOf(result)) groups.set(group, [...(groups.get(group) ?? []), result]);
  }
  return Object.fromEntries([...groups].map(([name, own]) => [name, summary(own)]));
}
