import { matchOf, modulesAt, type Ruler, type Templates, templatesOf } from './ruler.ts';

/** The bars and spaces of values 0 to 105, six digits each (ISO/IEC 15417 table 1). */
const RUNS = [
  '212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231',
  '113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211',
  '212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131',
  '113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111',
  '314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211',
  '241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141',
  '214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214',
  '211232',
].join('');
const VALUES = Array.from({ length: 106 }, (_, i) => [...RUNS.slice(6 * i, 6 * i + 6)].map(Number));
const STOP = [[2, 3, 3, 1, 1, 1, 2]];
/** Characters of the longest symbol. */
export const CODE128_MOST = 45;
const START_A = 103;
const CODE_C = 99;
const CODE_B = 100;
const CODE_A = 101;
const SHIFT = 98;
/** Every value has to be this like its pattern, and all of them in the mean. */
const LIKENESS = 0.6;
const LIKENESS_IN_MEAN = 0.89;
/** A value has to lead the next by this much in the mean of all. */
const LEAD_IN_MEAN = 0.14;

/** Modules of a symbol of so many characters: start, text, check and stop. */
export function code128Modules(characters: number): number {
  return 11 * characters + 2;
}

const templates = new Map<number, { values: Templates; stop: Templates }>();

function templatesFor(blur: number) {
  let made = templates.get(blur);
  if (!made) {
    made = { values: templatesOf(VALUES, true, blur), stop: templatesOf(STOP, true, blur) };
    templates.set(blur, made);
  }
  return made;
}

/** Cost: 106 × 11 products a character: 5 µs. @returns undefined unless all of it is right */
export function decodeCode128(ruler: Ruler, blur: number): string | undefined {
  const { values, stop } = templatesFor(blur);
  const characters = (ruler.modules - 2) / 11;
  const end = new Float32Array(13);
  modulesAt(ruler, ruler.modules - 13, end);
  if (matchOf(end, stop).likeness < LIKENESS) return undefined;
  const seen = new Float32Array(11);
  const read: number[] = [];
  let likeness = 0;
  let lead = 0;
  for (let i = 0; i < characters - 1; i++) {
    modulesAt(ruler, 11 * i, seen);
    const match = matchOf(seen, values);
    if (match.likeness < LIKENESS) return undefined;
    if (i === 0 && match.index < START_A) return undefined;
    read.push(match.index);
    likeness += match.likeness;
    lead += match.likeness - match.secondLikeness;
  }
  if (likeness < LIKENESS_IN_MEAN * read.length || lead < LEAD_IN_MEAN * read.length)
    return undefined;
  const check = read.at(-1)!;
  const sum = read.slice(0, -1).reduce((a, value, i) => a + value * Math.max(1, i), 0);
  return sum % 103 === check ? textOf(read.slice(0, -1)) : undefined;
}

/** Undefined where functions (FNC) stand in it, or what no set has. */
function textOf(values: readonly number[]): string | undefined {
  let set = 'ABC'[values[0]! - START_A]!;
  let shifted = false;
  let text = '';
  for (const value of values.slice(1)) {
    const now = shifted ? (set === 'A' ? 'B' : 'A') : set;
    shifted = false;
    if (now === 'C') {
      if (value < 100) text += value.toString().padStart(2, '0');
      else if (value === CODE_B) set = 'B';
      else if (value === CODE_A) set = 'A';
      else return undefined;
    } else if (value < 96) text += letterOf(now, value);
    else if (value === SHIFT) shifted = true;
    else if (value === CODE_C) set = 'C';
    else if (value === CODE_B && now === 'A') set = 'B';
    else if (value === CODE_A && now === 'B') set = 'A';
    else return undefined;
  }
  return text === '' ? undefined : text;
}

function letterOf(set: string, value: number): string {
  return String.fromCharCode(set === 'A' && value >= 64 ? value - 64 : value + 32);
}
