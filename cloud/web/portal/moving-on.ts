import type { TicketView } from './api.ts';

type Shown = Pick<TicketView, 'id' | 'state'>;

/**
 * The ticket to show when one is done with (S16): the next in order that can still be used, from
 * the first again after the last; else any that is there.
 */
export function nextTicket<T extends Shown>(tickets: readonly T[], after: string): T | undefined {
  const at = tickets.findIndex(({ id }) => id === after);
  const inOrder = [...tickets.slice(at + 1), ...tickets.slice(0, at + 1)];
  return (
    inOrder.find(({ state }) => state === 'code') ??
    inOrder.find(({ state }) => state === 'early') ??
    (at < 0 ? tickets[0] : undefined)
  );
}
