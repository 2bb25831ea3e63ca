/** What a ticket is good for. */
export interface Worth {
  readonly uses: number;
  readonly reEntry: boolean;
}

/**
 * Which passages of a ticket, in order, it was not good for, by the rule of `decide()`: an entry
 * beyond its uses, or with re-entry one while its only guest is inside. Gives their indexes.
 */
export function excessOf(
  directions: readonly ('entry' | 'exit')[],
  { uses, reEntry }: Worth,
): number[] {
  const excess: number[] = [];
  let used = 0;
  let inside = false;
  for (const [n, direction] of directions.entries()) {
    if (direction === 'exit') {
      inside = false;
      continue;
    }
    const returning = reEntry && used > 0 && !inside;
    const left = used < uses;
    const crowded = reEntry && inside && !(left && uses > 1);
    if (!returning) used += 1;
    if (crowded || (!left && !returning)) excess.push(n);
    inside = true;
  }
  return excess;
}
