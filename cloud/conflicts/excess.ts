import { insideAfter, isReturning } from '@gatehouse/protocol';

/** What a ticket is good for. */
export interface Worth {
  readonly uses: number;
  readonly reEntry: boolean;
}

/**
 * Which passages of a ticket, in order, it was not good for, by the rule of `decide()`: an entry
 * beyond its uses, or with re-entry one while all its guests are inside. Gives their indexes.
 */
export function excessOf(
  directions: readonly ('entry' | 'exit')[],
  { uses, reEntry }: Worth,
): number[] {
  const excess: number[] = [];
  let used = 0;
  let inside = 0;
  for (const [n, direction] of directions.entries()) {
    if (direction === 'entry' && !isReturning(reEntry, { used, inside })) {
      const left = used < uses;
      const crowded = reEntry && inside > 0 && !(left && uses > 1);
      used += 1;
      if (crowded || !left) excess.push(n);
    }
    inside = insideAfter(inside, [{ direction }]);
  }
  return excess;
}
