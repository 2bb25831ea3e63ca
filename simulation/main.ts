import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { JOBS_MAX, playAll } from './jobs.ts';
import { MUTANTS } from './mutants.ts';
import { type Evening, play } from './venue.ts';

/** Lines of the story that are shown before a violation. */
const BEFORE = 60;
/** A long run says how far it is after so many evenings. */
const TELL_EVERY = 500;

const { values } = parseArgs({
  allowNegative: true,
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    steps: { type: 'string', default: '4000' },
    jobs: { type: 'string', default: '1' },
    mutant: { type: 'string' },
    faults: { type: 'string' },
    long: { type: 'boolean' },
    gateways: { type: 'string' },
    handhelds: { type: 'boolean' },
    story: { type: 'boolean', default: false },
  },
});

const [from = 1, to = from] = (values.seeds ?? values.seed).split('-').map(Number);
const { mutant } = values;
if (mutant !== undefined && !(mutant in MUTANTS)) {
  throw new Error(`no mutant ${mutant}; there are ${Object.keys(MUTANTS).join(', ')}`);
}
const evening: Omit<Evening, 'seed'> = {
  ...{ steps: Number(values.steps), mutant, kinds: values.faults?.split(',') },
  ...{ long: values.long, handhelds: values.handhelds },
  gateways: values.gateways === undefined ? undefined : Number(values.gateways),
};
process.exitCode = from === to ? await playOne(from) : await playMany();

/** Plays one seed; shows what came before a violation, or the whole evening if asked for. */
async function playOne(seed: number): Promise<number> {
  const story = await play({ ...evening, seed });
  const { lines, violations } = story;
  if (values.story) console.log(lines.join('\n'));
  for (const { invariant, what } of violations) {
    console.log(`seed ${seed} breaks ${invariant}: ${what}`);
  }
  if (!values.story && violations.length > 0) {
    const first = lines.findIndex((line) => line.includes('WRONG'));
    console.log(lines.slice(Math.max(0, first - BEFORE), first + 1).join('\n'));
  }
  sum(story.hash(), { ...story, violations: violations.length });
  return violations.length > 0 ? 1 : 0;
}

/** Plays a range of seeds; of each that fails the first violation is named. */
async function playMany(): Promise<number> {
  const total = { faults: 0, scans: 0, violations: 0 };
  const hashes: string[] = [];
  const began = performance.now();
  const jobs = Math.min(JOBS_MAX, Math.max(1, Number(values.jobs)));
  await playAll({ from, to, jobs, evening }, (played) => {
    const { seed, hash, faults, scans, violations } = played;
    total.faults += faults;
    total.scans += scans;
    total.violations += violations.length;
    hashes[seed - from] = hash;
    const [first] = violations;
    if (first) console.log(`seed ${seed} breaks ${first.invariant}: ${first.what}`);
    const done = hashes.filter(Boolean).length;
    if (done % TELL_EVERY === 0) console.error(`${done} evenings, ${total.scans} scans`);
  });
  const seconds = (performance.now() - began) / 1000;
  console.error(`${Math.round(total.scans / seconds)} scans a second`);
  sum(createHash('sha256').update(hashes.join('')).digest('hex').slice(0, 16), total);
  return total.violations > 0 ? 1 : 0;
}

function sum(
  hash: string,
  { faults, scans, violations }: { faults: number; scans: number; violations: number },
): void {
  console.log(`trace ${hash}, ${faults} faults, ${scans} scans, ${violations} violations`);
}
