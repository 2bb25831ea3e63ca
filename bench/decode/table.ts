import type { BurstMeasured, Measured } from './measure.ts';
import type { NothingMeasured } from './nothing.ts';
import type { PhotoMeasured } from './photos.ts';
import { recall, type Summary } from './score.ts';

const KINDS = ['QRCode', 'Aztec', 'PDF417', 'Code128', 'DataMatrix', 'ITF', 'EAN13'] as const;
const LEVELS = ['easy', 'medium', 'hard', 'extreme'] as const;
const SHORT: Readonly<Record<string, string>> = {
  QRCode: 'QR',
  Code128: 'C128',
  DataMatrix: 'DM',
  EAN13: 'EAN',
  medium: 'med',
  extreme: 'extr',
};

/** A table in Markdown: what each decoder read of a set of scenes, in per cent, and its cost. */
export function sceneTable(all: readonly Measured[]): string {
  const heads = [...LEVELS, ...KINDS].map((name) => SHORT[name] ?? name);
  const rows = all.map(({ name, code, empty, byLevel, byKind }) => [
    name,
    `**${recall(code).toFixed(1)}**`,
    ...LEVELS.map((level) => percent(byLevel[level])),
    ...KINDS.map((kind) => percent(byKind[kind])),
    String(code.wrong + empty.wrong),
    times(code),
    times(empty),
  ]);
  return table(['decoder', 'all', ...heads, 'false', 'code frame', 'no-code frame'], rows);
}

/** By fault, the same decoders: per cent read of the scenes that have it, among others. */
export function faultTable(all: readonly Measured[]): string {
  const faults = Object.keys(all[0]?.byFault ?? {}).sort();
  const rows = faults.map((fault) => [
    fault,
    String(all[0]?.byFault[fault]?.scenes ?? 0),
    ...all.map(({ byFault }) => percent(byFault[fault])),
  ]);
  return table(['fault', 'scenes', ...all.map(({ name }) => name)], rows);
}

/** Bursts: read by frame 1, 2, 4 and 8. */
export function burstTable(all: readonly BurstMeasured[]): string {
  const by = (one: BurstMeasured, frame: number) => (one.readBy[frame - 1] ?? 0).toFixed(0);
  const rows = all.map((one) => [
    one.name,
    ...[1, 2, 4, 8].map((frame) => by(one, frame)),
    String(one.wrong),
    one.ms.toFixed(1),
    one.msUntilRead.toFixed(1),
  ]);
  const heads = ['decoder', '1', '2', '4', '8', 'false', 'ms a frame', 'ms until read'];
  return table(heads, rows);
}

/** Pictures without a code. */
export function nothingTable(all: readonly NothingMeasured[]): string {
  const rows = all.map(({ name, pictures, wrong, ms }) => [
    name,
    String(pictures),
    String(wrong),
    ms.mean.toFixed(1),
  ]);
  return table(['decoder', 'pictures', 'false', 'ms'], rows);
}

/** Public photo sets: pictures read, and texts that are not theirs. */
export function photoTable(all: readonly PhotoMeasured[]): string {
  const groups = Object.keys(all[0]?.groups ?? {});
  const rows = groups.map((group) => [
    group,
    String(all[0]?.groups[group]?.photos ?? 0),
    ...all.map(({ groups: own }) => {
      const { read = 0, wrong = 0 } = own[group] ?? {};
      return wrong > 0 ? `${read} (${wrong} wrong)` : String(read);
    }),
  ]);
  const times = ['ms a photo', '', ...all.map(({ ms }) => ms.toFixed(1))];
  return table(['photos', 'all', ...all.map(({ name }) => name)], [...rows, times]);
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function percent(group: Summary | undefined): string {
  return group ? recall(group).toFixed(0) : '–';
}

function times({ ms }: Summary): string {
  return `${ms.mean.toFixed(1)} / ${ms.median.toFixed(1)} / ${ms.max.toFixed(0)}`;
}
