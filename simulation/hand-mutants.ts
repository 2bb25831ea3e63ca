import type { Wish } from './handhelds.ts';
import type { Planted } from './mutants.ts';

/** A request is a new one however often it comes. */
function asNew(wish: Wish, drawId: () => string): Wish {
  if (wish.kind !== 'scan') return wish;
  return { ...wish, scan: { ...wish.scan, scanId: drawId() } };
}

/** Planted bugs of a gateway with handhelds. */
export const HAND_MUTANTS: Readonly<Record<string, Planted>> = {
  'forget-hand-answer': {
    says: 'a gateway judges the same scan of a handheld anew each time it comes',
    faults: ['wifi-loss'],
    handhelds: true,
    seed: 6,
    plant: () => ({ hears: asNew }),
  },
  'unpaired-works': {
    says: 'a gateway lets a handheld go on that it has let go of',
    faults: ['hand-unpaired'],
    handhelds: true,
    seed: 2,
    plant: () => ({ keepsUnpaired: true }),
  },
};
