/** What is known of the people of one ticket. */
export interface OnTicket {
  /** Passages that took a use. */
  readonly used: number;
  /** People inside on it. */
  readonly inside: number;
}

/** Whether somebody of the ticket has gone out and may come back: that takes no further use. */
export function isReturning(reEntry: boolean, { used, inside }: OnTicket): boolean {
  return reEntry && inside < used;
}

/** People inside on a ticket after these passages: each is one person, in or out. */
export function insideAfter(
  before: number,
  passages: readonly { readonly direction: 'entry' | 'exit' }[],
): number {
  let inside = before;
  for (const { direction } of passages) {
    inside = direction === 'entry' ? inside + 1 : Math.max(0, inside - 1);
  }
  return inside;
}

/** People inside as a row says it: `people` stands in it only where they are more than one. */
export function insideOf(row: { readonly inside: boolean; readonly people?: number | undefined }) {
  return row.people ?? Number(row.inside);
}
