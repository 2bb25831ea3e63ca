import type { Moment } from '@gatehouse/protocol';

const MINUTE_MS = 60_000;
/** Rule S5: a ticket is listed from so long before the start. */
export const LIST_BEFORE_MINUTES = 120;
/** Rule S6: its code shows from so long before the start. */
export const CODE_BEFORE_MINUTES = 60;
/** Rule S7: where neither sale-until nor end is set, a ticket stays so long after the start. */
export const STAYS_AFTER_START_MS = 60 * MINUTE_MS;

/** What a performance says about its own times; `null` and left out for what is usual (S14). */
export interface PerformanceTimes {
  readonly starts: Moment;
  readonly ends: Moment | null;
  readonly saleUntil: Moment | null;
  readonly listBeforeMinutes: number | null;
  readonly codeBeforeMinutes: number | null;
}

/** A ticket is listed in [listFrom, until), its code shows in [codeFrom, until). */
export interface PortalWindow {
  readonly listFrom: Moment;
  readonly codeFrom: Moment;
  readonly until: Moment;
}

/** The clock of a ticket in the portal: rules S5, S6, S7 and S14. */
export function portalWindow(times: PerformanceTimes): PortalWindow {
  const { starts, ends, saleUntil } = times;
  const listBefore = times.listBeforeMinutes ?? LIST_BEFORE_MINUTES;
  const codeBefore = times.codeBeforeMinutes ?? CODE_BEFORE_MINUTES;
  return {
    listFrom: starts - listBefore * MINUTE_MS,
    codeFrom: starts - codeBefore * MINUTE_MS,
    until: saleUntil ?? ends ?? starts + STAYS_AFTER_START_MS,
  };
}

export function isListed({ listFrom, until }: PortalWindow, now: Moment): boolean {
  return now >= listFrom && now < until;
}

/** Uses of a ticket, as the gate counts them. */
export interface TicketUses {
  readonly uses: number;
  readonly used: number;
  readonly inside: boolean;
  /** Whether the performance lets people out and in again. */
  readonly reEntry: boolean;
}

/** Whether the ticket still opens a gate: not used up (S7), or out and welcome back (S15). */
export function isGood({ uses, used, inside, reEntry }: TicketUses): boolean {
  return used < uses || (reEntry && used > 0 && !inside);
}

/** Whether the code may show now. The code goes with the listing, whatever S14 says of the two. */
export function showsCode(window: PortalWindow, uses: TicketUses, now: Moment): boolean {
  return isListed(window, now) && now >= window.codeFrom && isGood(uses);
}
