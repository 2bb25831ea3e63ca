import type { Benchmark, Figure, Wishes } from '../figure.ts';
import { sceneCache } from './cache.ts';
import { picture } from './chart.ts';
import { threadCpuMs } from './cpu.ts';
import { figuresOf } from './figures.ts';
import { type Measured, measureBursts, measureScenes, type SceneSet } from './measure.ts';
import { countFalse, measureIdle } from './nothing.ts';
import { ours } from './ours.ts';
import { peers } from './peers.ts';
import { measurePhotos } from './photos.ts';
import type { Reader } from './reader.ts';
import { type Report, readReport, writeReport } from './report.ts';
import type { SymbolKind } from './symbol.ts';
import { burstTable, faultTable, nothingTable, photoTable, sceneTable } from './table.ts';

/** Seeds below are to tune by; those from here on are kept for reports. */
export const KEPT_APART = 1_000;
const BURST_FRAMES = 8;
const PARTS = ['scenes', 'bursts', 'idle', 'pdf417', 'secure', 'false', 'photos'] as const;
type PartName = (typeof PARTS)[number];

/** Reading of codes beside the decoders a gate could have had instead. */
export const decode: Benchmark = {
  name: 'decode',
  about: 'codes in camera frames, beside other decoders',
  wishes: {
    seed: `which scenes; ${KEPT_APART} and up are kept for reports (7)`,
    count: 'how many scenes, bursts or pictures, photos of each kind (40)',
    part: `some of ${PARTS.join(', ')} (scenes,bursts,idle)`,
    only: 'decoders whose names contain one of these words (all)',
    symbology: 'one in every scene, such as PDF417 (the mix)',
    photos: 'folder with public picture sets, for the part of that name',
    report: 'a JSON file to put what was measured into',
    picture: 'an SVG file to draw the whole report into',
  },
  run,
};

async function run(wishes: Wishes): Promise<Figure[]> {
  const seed = Number(wishes.seed ?? 7);
  const count = Number(wishes.count ?? 40);
  if (!Number.isInteger(seed) || !Number.isInteger(count) || count < 1) {
    throw new RangeError('--seed and --count are whole numbers');
  }
  const words = (wishes.only ?? '').split(',');
  const chosen = async (part: PartName) =>
    [...(await ours(budgetClock(part), part === 'photos')), ...(await peers())].filter(({ name }) =>
      words.some((word) => name.includes(word)),
    );
  const symbology = wishes.symbology as SymbolKind | undefined;
  const parts = (wishes.part ?? 'scenes,bursts,idle').split(',') as PartName[];
  let report: Report = {};
  for (const part of parts) {
    if (!PARTS.includes(part)) throw new RangeError(`no part named ${part}`);
    const readers = await chosen(part);
    report = { ...report, ...(await MEASURE[part](readers, { seed, count, symbology }, wishes)) };
  }
  if (wishes.report) writeReport(wishes.report, report);
  if (wishes.picture) picture(wishes.report ? readReport(wishes.report) : report, wishes.picture);
  return figuresOf(report);
}

/** Budgets in the thread's own time, which a busy machine takes nothing from; asking costs some. */
function budgetClock(part: PartName): () => number {
  return part === 'bursts' ? threadCpuMs : () => performance.now();
}

type Measure = (readers: readonly Reader[], set: SceneSet, wishes: Wishes) => Promise<Report>;

const MEASURE: Readonly<Record<PartName, Measure>> = {
  scenes: async (readers, set) => ({ scenes: await scenes(readers, set) }),
  pdf417: async (readers, set) => ({
    pdf417: await scenes(readers, { ...set, symbology: 'PDF417' }),
  }),
  secure: async (readers, set) => ({
    secure4L: await scenes(readers, { ...set, symbology: 'Secure4L' }),
    secure5M: await scenes(readers, { ...set, symbology: 'Secure5M' }),
  }),
  async bursts(readers, set) {
    const several = readers.filter(({ name }) => name !== 'gatehouse first pass');
    const all = await measureBursts(several, set, BURST_FRAMES, sceneCache());
    show(`bursts of ${BURST_FRAMES} frames`, burstTable(all));
    return { bursts: { of: described(set), readers: all } };
  },
  async idle(readers, set) {
    const several = readers.filter(({ name }) => name !== 'gatehouse first pass');
    const all = [];
    for (const reader of several) all.push(await measureIdle(reader, set, sceneCache()));
    return { idle: { of: described(set), readers: all } };
  },
  async false(readers, set) {
    const all = await countFalse(readers, set, sceneCache());
    show('pictures without a code', nothingTable(all));
    return { nothing: { of: described(set), readers: all } };
  },
  async photos(readers, set, { photos }) {
    if (photos === undefined) throw new RangeError('--photos names the folder of the sets');
    const all = await measurePhotos(readers, photos, set.count);
    show('photos', photoTable(all));
    return { photos: { of: `${set.count} of each kind at most`, readers: all } };
  },
};

async function scenes(readers: readonly Reader[], set: SceneSet) {
  const all: Measured[] = await measureScenes(readers, set, sceneCache());
  show(described(set), `${sceneTable(all)}\n\n${faultTable(all)}`);
  return { of: described(set), readers: all };
}

function described({ seed, count, symbology }: SceneSet): string {
  return `seed ${seed}, ${count}${symbology ? ` of ${symbology}` : ''}`;
}

/** Tables go beside the figures, so that a program that reads those is not disturbed. */
function show(title: string, text: string): void {
  console.error(`\n${title}\n${text}\n`);
}
