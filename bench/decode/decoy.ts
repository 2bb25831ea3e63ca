import type { Dice } from './dice.ts';
import type { Pattern } from './symbol.ts';

export type DecoyKind = 'modules' | 'stripes' | 'rings' | 'keys' | 'print' | 'nothing';
const KINDS: readonly DecoyKind[] = ['modules', 'stripes', 'rings', 'keys', 'print', 'nothing'];

/** A pattern that looks like a code to who looks quickly, and is none. */
export function decoy(dice: Dice): Pattern & { readonly kind: DecoyKind } {
  const kind = dice.pick(KINDS);
  const size = kind === 'modules' ? dice.whole(15, 45) : 96;
  const columns = kind === 'stripes' ? dice.whole(40, 140) : size;
  const rows = kind === 'stripes' ? 1 : size;
  const cells = new Uint8Array(columns * rows);
  const dark = DRAW[kind](dice, columns);
  for (let i = 0; i < cells.length; i++) {
    cells[i] = dark(i % columns, Math.floor(i / columns)) ? 1 : 0;
  }
  const aspect = kind === 'stripes' ? dice.between(1.2, 3) : dice.pick([1, 1, 1.6]);
  return { kind, cells, columns, rows, aspect, quiet: 2 };
}

type Cell = (x: number, y: number) => boolean;

const DRAW: Readonly<Record<DecoyKind, (dice: Dice, columns: number) => Cell>> = {
  modules: (dice) => () => dice.chance(0.5),
  stripes: (dice) => () => dice.chance(0.5),
  rings: (dice, columns) => {
    const rings = Array.from({ length: dice.whole(1, 4) }, () => ({
      x: dice.whole(0, columns),
      y: dice.whole(0, columns),
      step: dice.between(2, 6),
    }));
    return (x, y) =>
      rings.some((ring) => {
        const far = Math.sqrt((x - ring.x) ** 2 + (y - ring.y) ** 2) / ring.step;
        return far < 8 && Math.floor(far) % 2 === 0;
      });
  },
  keys: (dice) => {
    const [wide, high] = [dice.whole(6, 12), dice.whole(6, 14)];
    return (x, y) => x % wide === 0 || y % high === 0 || (x % wide === 3 && y % high === 3);
  },
  print: (dice) => {
    const line = dice.whole(6, 9);
    return (x, y) => y % line < 4 && (x + (y % 3)) % 7 !== 0 && dice.chance(0.55);
  },
  nothing: () => () => false,
};
