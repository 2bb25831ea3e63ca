/** Tickets whose newest passage is remembered; the one that was passed on longest ago falls out. */
const REMEMBERED_MAX = 1_000;

/**
 * Passages at this gateway's entries while the cloud is being asked: an answer may have been given
 * before the cloud heard of them.
 */
export interface JustPassed {
  /** Names this moment. */
  moment(): number;
  note(ticket: string, lane: string): void;
  /** The lane at which somebody passed on the ticket after that moment. */
  since(moment: number, ticket: string): string | undefined;
}

export function createJustPassed(): JustPassed {
  const newest = new Map<string, { readonly lane: string; readonly at: number }>();
  let passages = 0;
  return {
    moment: () => passages,
    note(ticket, lane) {
      passages += 1;
      newest.delete(ticket);
      newest.set(ticket, { lane, at: passages });
      if (newest.size > REMEMBERED_MAX) newest.delete(newest.keys().next().value as string);
    },
    since(moment, ticket) {
      const last = newest.get(ticket);
      return last && last.at > moment ? last.lane : undefined;
    },
  };
}
