import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { BurstMeasured, Measured } from './measure.ts';
import type { IdleMeasured, NothingMeasured } from './nothing.ts';
import type { PhotoMeasured } from './photos.ts';

/** What was measured, part by part; parts may come from several runs. */
export interface Report {
  readonly scenes?: Part<Measured>;
  readonly pdf417?: Part<Measured>;
  /** The gateway's own secure code in its two sizes. */
  readonly secure4L?: Part<Measured>;
  readonly secure5M?: Part<Measured>;
  readonly bursts?: Part<BurstMeasured>;
  readonly idle?: Part<IdleMeasured>;
  readonly nothing?: Part<NothingMeasured>;
  readonly photos?: Part<PhotoMeasured>;
}

export interface Part<T> {
  /** Seed and number, so that it can be measured again. */
  readonly of: string;
  readonly readers: readonly T[];
}

/** A report from a file; an empty one where there is none yet. */
export function readReport(file: string): Report {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : {};
}

/** Adds parts to a report; what a decoder did with the same set before is replaced. */
export function writeReport(file: string, parts: Report): void {
  const before = readReport(file) as Record<string, Part<{ name: string }>>;
  const added = Object.entries(parts as typeof before).map(([name, part]) => {
    const old = before[name]?.of === part.of ? (before[name]?.readers ?? []) : [];
    const kept = old.filter((one) => !part.readers.some((other) => other.name === one.name));
    return [name, { ...part, readers: [...part.readers, ...kept] }];
  });
  const report = { ...before, ...Object.fromEntries(added) };
  writeFileSync(file, `${JSON.stringify(report, rounded, 2)}\n`);
}

/** Two digits after the point are more than any of it can be repeated to. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 100) / 100 : value;
}
