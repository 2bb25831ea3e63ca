import { parseArgs } from 'node:util';
import { MUTANTS } from './mutants.ts';
import type { Story } from './story.ts';
import { type Evening, play } from './venue.ts';

/** Lines of the story that are shown before a violation. */
const BEFORE = 60;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    steps: { type: 'string', default: '4000' },
    mutant: { type: 'string' },
    faults: { type: 'string' },
    long: { type: 'boolean' },
    story: { type: 'boolean', default: false },
  },
});

const [from = 1, to = from] = (values.seeds ?? values.seed).split('-').map(Number);
const { mutant } = values;
if (mutant !== undefined && !(mutant in MUTANTS)) {
  throw new Error(`no mutant ${mutant}; there are ${Object.keys(MUTANTS).join(', ')}`);
}
const total = { faults: 0, scans: 0, violations: 0, hash: '' };
for (let seed = from; seed <= to; seed++) {
  const evening: Evening = {
    ...{ seed, steps: Number(values.steps), mutant, kinds: values.faults?.split(',') },
    long: values.long,
  };
  const story = await play(evening);
  report(seed, story, from === to);
  total.faults += story.faults;
  total.scans += story.scans;
  total.violations += story.violations.length;
  total.hash = from === to ? story.hash() : total.hash + story.hash();
}
const hash = from === to ? total.hash : await digest(total.hash);
console.log(
  `trace ${hash}, ${total.faults} faults, ${total.scans} scans, ${total.violations} violations`,
);
process.exitCode = total.violations > 0 ? 1 : 0;

/** What a person reads: all that came before each violation, or the whole evening if asked for. */
function report(seed: number, { lines, violations }: Story, alone: boolean): void {
  if (values.story) console.log(lines.join('\n'));
  for (const { invariant, what } of violations.slice(0, alone ? violations.length : 1)) {
    console.log(`seed ${seed} breaks ${invariant}: ${what}`);
  }
  if (!alone || values.story || violations.length === 0) return;
  const first = lines.findIndex((line) => line.includes('WRONG'));
  console.log(lines.slice(Math.max(0, first - BEFORE), first + 1).join('\n'));
}

async function digest(text: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
