import {
  insideAfter,
  isReturning,
  type Moment,
  type PerformanceFacts,
  TICKET_SCANS_MAX,
} from '@gatehouse/protocol';
import type { DoorTicket, TicketUse } from '../ticketing/index.ts';
import type { PassageTime } from './watch.ts';

/** Somebody has walked through. */
export interface Passage {
  /** The scan id, where it has one. */
  readonly scan?: string | undefined;
  readonly direction: 'entry' | 'exit';
  readonly at: Moment;
  readonly lane: string;
  /** Full slot of the secure code that it was granted for. */
  readonly slot?: number | undefined;
}

/** A passage with all that says when it was, among others of its ticket; `null` for not known. */
export interface TimedPassage {
  readonly gateway: string;
  readonly direction: 'entry' | 'exit';
  readonly at: Moment;
  readonly quality: PassageTime['quality'] | null;
  readonly boot: string | null;
  readonly mono: number | null;
  /** When the cloud heard of it first. */
  readonly received: Moment;
}

interface Folded {
  readonly used: number;
  /** People. */
  readonly inside: number;
}

/** What passages in this order make of a ticket. */
function fold(passages: readonly TimedPassage[], { reEntry }: PerformanceFacts): Folded {
  let [used, inside] = [0, 0];
  for (const passage of passages) {
    const isUse = passage.direction === 'entry' && !isReturning(reEntry, { used, inside });
    if (isUse) used += 1;
    inside = insideAfter(inside, [passage]);
  }
  return { used, inside };
}

/** A boot knows the order of its own; between gateways time says it, as well as it is known. */
function byTime(a: TimedPassage, b: TimedPassage): number {
  const isOneBoot = a.gateway === b.gateway && a.boot !== null && a.boot === b.boot;
  if (isOneBoot && a.mono !== null && b.mono !== null) return a.mono - b.mono;
  const key = ({ quality, received, at }: TimedPassage) =>
    quality === null || quality === 'untrusted' ? received : at;
  return key(a) - key(b);
}

/**
 * What a passage makes of a ticket some of whose later passages are known already: it is counted
 * where it belongs.
 * @param past those known, as they came
 * @returns `undefined` where it is the last, or what is known does not explain the ticket
 */
export function countedLate(
  ticket: DoorTicket,
  performance: PerformanceFacts,
  past: readonly TimedPassage[],
  own: TimedPassage,
): Folded | undefined {
  if (!past.some((one) => byTime(own, one) < 0)) return undefined;
  const before = fold([...past].sort(byTime), performance);
  if (before.used !== ticket.used || before.inside !== ticket.inside) return undefined;
  return fold([...past, own].sort(byTime), performance);
}

/**
 * What a passage makes of a ticket. It has happened, so it always counts, whatever the ticket was
 * good for. `undefined` where nothing changes: an exit that matches no entry.
 * @param late what `countedLate` says of it
 */
export function useTicket(
  ticket: DoorTicket,
  performance: PerformanceFacts,
  passage: Passage,
  late?: Folded,
): TicketUse | undefined {
  const burnt = Math.max(ticket.burnt ?? -1, passage.slot ?? -1);
  const after = { burnt: burnt < 0 ? undefined : burnt };
  if (passage.direction === 'exit') {
    const alone = { used: ticket.used, inside: insideAfter(ticket.inside, [passage]) };
    const { used, inside } = late ?? alone;
    if (used === ticket.used && inside === ticket.inside) return undefined;
    const { at, lane } = ticket.lastUse ?? passage;
    return { ...after, used, inside, at, lane, scans: ticket.scans };
  }
  const returning = isReturning(performance.reEntry, ticket);
  const latest =
    ticket.lastUse && ticket.lastUse.at > passage.at
      ? ticket.lastUse
      : { at: passage.at, lane: passage.lane };
  return {
    ...after,
    ...latest,
    used: late?.used ?? (returning ? ticket.used : ticket.used + 1),
    inside: late?.inside ?? ticket.inside + 1,
    scans: passage.scan ? [passage.scan, ...ticket.scans].slice(0, TICKET_SCANS_MAX) : ticket.scans,
  };
}
