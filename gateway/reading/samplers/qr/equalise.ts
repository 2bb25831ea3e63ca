import type { Modules } from './blocks.ts';
import { DARK, LIGHT, type Version } from './version.ts';

/** What a module is told by: itself, its neighbours in both directions, twice as far, askew, always. */
const TERMS = 7;
/** How much weights of neighbours are held back, in known modules. */
const RIDGE = 4;

/**
 * Undoes a blur as it is in this symbol: the weights by which a module and those around it come
 * nearest to what the known modules have to be (least squares), for all modules.
 * Cost: 100 ns a known module and 20 a module.
 */
export function equalised(modules: Modules, { uses, size }: Version): Modules {
  const terms = termsOf(modules, size);
  const squares = Array.from({ length: TERMS }, (_, i) => {
    return Array.from({ length: TERMS }, (_, j) => (i === j ? RIDGE : 0));
  });
  const sums = new Array<number>(TERMS).fill(0);
  sums[0] = RIDGE;
  uses.forEach((use, i) => {
    if (use !== DARK && use !== LIGHT) return;
    const seen = terms(i);
    const want = use === DARK ? 1 : -1;
    for (let a = 0; a < TERMS; a++) {
      sums[a]! += want * seen[a]!;
      for (let b = 0; b < TERMS; b++) squares[a]![b]! += seen[a]! * seen[b]!;
    }
  });
  const weights = solved(squares, sums);
  return modules.map((_, i) => terms(i).reduce((sum, term, k) => sum + term * weights[k]!, 0));
}

/** What tells of a module, by its place; beside the symbol it is light. */
function termsOf(modules: Modules, size: number): (place: number) => number[] {
  const at = (x: number, y: number) =>
    x < 0 || y < 0 || x >= size || y >= size ? -1 : modules[y * size + x]!;
  return (place) => {
    const x = place % size;
    const y = (place - x) / size;
    return [
      at(x, y),
      at(x - 1, y) + at(x + 1, y),
      at(x, y - 1) + at(x, y + 1),
      at(x - 1, y - 1) + at(x + 1, y - 1) + at(x - 1, y + 1) + at(x + 1, y + 1),
      at(x - 2, y) + at(x + 2, y),
      at(x, y - 2) + at(x, y + 2),
      1,
    ];
  };
}

/** Gauss without pivots: the squares' sums with a ridge are positive. */
function solved(rows: number[][], right: number[]): number[] {
  const n = right.length;
  for (let i = 0; i < n; i++) {
    for (let k = i + 1; k < n; k++) {
      const share = rows[k]![i]! / rows[i]![i]!;
      for (let j = i; j < n; j++) rows[k]![j]! -= share * rows[i]![j]!;
      right[k]! -= share * right[i]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) right[i]! -= rows[i]![j]! * right[j]!;
    right[i]! /= rows[i]![i]!;
  }
  return right;
}
