import { matchOf, modulesAt, type Ruler, type Templates, templatesOf } from './ruler.ts';

/** Which two of a digit's five bars are wide (ISO/IEC 16390). */
const WIDE = [
  '00110',
  '10001',
  '01001',
  '11000',
  '00101',
  '10100',
  '01100',
  '00011',
  '10010',
  '01010',
];
/** Nothing in the code itself says that it was read wrong, so it has to look right. */
const LIKENESS = 0.7;
const LIKENESS_IN_MEAN = 0.89;
const LEAD_IN_MEAN = 0.16;
/** ... or very right, where its last digit is no check digit. */
const LIKENESS_UNCHECKED = 0.95;
/** Fewer pairs are what other codes and print look like in part. */
export const ITF_PAIRS = [5, 6, 7, 8, 9, 10, 11, 12];
/** A wide bar's modules. */
export const ITF_WIDE = [3, 2];

/** Modules of a symbol of so many pairs of digits. */
export function itfModules(pairs: number, wide: number): number {
  return 4 + pairs * (4 * wide + 6) + wide + 2;
}

/** Bars and spaces of one. */
export function itfRuns(pairs: number): number {
  return 10 * pairs + 7;
}

interface Set {
  readonly pairs: Templates;
  readonly stop: Templates;
}
const templates = new Map<string, Set>();

function templatesFor(wide: number, blur: number): Set {
  const key = `${wide} ${blur}`;
  let made = templates.get(key);
  if (!made) {
    const pairs = Array.from({ length: 100 }, (_, i) => {
      const bars = WIDE[Math.floor(i / 10)]!;
      const spaces = WIDE[i % 10]!;
      return [...bars].flatMap((bar, k) => [bar === '1' ? wide : 1, spaces[k] === '1' ? wide : 1]);
    });
    made = { pairs: templatesOf(pairs, true, blur), stop: templatesOf([[wide, 1, 1]], true, blur) };
    templates.set(key, made);
  }
  return made;
}

/** Cost: 100 × 18 products a pair: 4 µs. @returns undefined unless all of it is right */
export function decodeItf(ruler: Ruler, blur: number, count: number, wide: number) {
  const { pairs, stop } = templatesFor(wide, blur);
  const end = new Float32Array(wide + 2);
  modulesAt(ruler, ruler.modules - wide - 2, end);
  if (matchOf(end, stop).likeness < LIKENESS - 0.2) return undefined;
  const seen = new Float32Array(pairs.modules);
  let text = '';
  let likeness = 0;
  let lead = 0;
  for (let i = 0; i < count; i++) {
    modulesAt(ruler, 4 + i * pairs.modules, seen);
    const match = matchOf(seen, pairs);
    if (match.likeness < LIKENESS) return undefined;
    likeness += match.likeness / count;
    lead += (match.likeness - match.secondLikeness) / count;
    text += match.index.toString().padStart(2, '0');
  }
  if (lead < LEAD_IN_MEAN) return undefined;
  return likeness >= (checked(text) ? LIKENESS_IN_MEAN : LIKENESS_UNCHECKED) ? text : undefined;
}

/** Whether the last digit is GTIN's check digit: weights 3 and 1 from the right. */
function checked(text: string): boolean {
  const sum = [...text].reduce((a, digit, i) => {
    return a + Number(digit) * ((text.length - i) % 2 === 0 ? 3 : 1);
  }, 0);
  return sum % 10 === 0;
}
