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

/** When a passage was by its own gateway's clock, where anybody vouches for that. */
function vouched({ quality, at }: TimedPassage): Moment | undefined {
  return quality === null || quality === 'untrusted' ? undefined : at;
}

/**
 * Passages as they followed each other: a boot knows the order of its own, by its monotonic clock;
 * between boots time says it, as well as it is known. One that nobody vouches for was when its
 * boot, which had a time before or later, says; else when the cloud heard of it.
 */
function inOrder(passages: readonly TimedPassage[]): TimedPassage[] {
  const began = new Map<string, { at: Moment; isVouched: boolean }>();
  const bootOf = ({ gateway, boot }: TimedPassage) => `${gateway}/${boot}`;
  for (const one of passages) {
    if (one.boot === null || one.mono === null) continue;
    const time = vouched(one);
    const at = (time ?? one.received) - one.mono;
    const known = began.get(bootOf(one));
    const isBetter = time !== undefined && !known?.isVouched;
    const isEarlier = (time !== undefined) === known?.isVouched && at < known.at;
    if (!known || isBetter || isEarlier) {
      began.set(bootOf(one), { at, isVouched: time !== undefined });
    }
  }
  const key = (one: TimedPassage) => {
    const { at } = (one.mono !== null && began.get(bootOf(one))) || {};
    return at === undefined ? (vouched(one) ?? one.received) : at + (one.mono ?? 0);
  };
  return [...passages].sort((a, b) => key(a) - key(b));
}

/**
 * What a passage makes of a ticket whose others are known: it is counted where it belongs, and may
 * say when others were.
 * @param past those known, as they came
 * @returns `undefined` where what is known does not explain the ticket
 */
export function countedLate(
  ticket: DoorTicket,
  performance: PerformanceFacts,
  past: readonly TimedPassage[],
  own: TimedPassage,
): Folded | undefined {
  const before = fold(inOrder(past), performance);
  if (before.used !== ticket.used || before.inside !== ticket.inside) return undefined;
  return fold(inOrder([...past, own]), performance);
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
