import { type ValidateAnswer, type Verdict, verdict } from '@gatehouse/protocol';
import type { TicketStore } from '../tickets/index.ts';
import type { Neighbours } from './home.ts';
import type { LanePlace } from './on-word.ts';
import type { Reservations } from './reservations.ts';

interface UnheardParts {
  readonly store: TicketStore;
  readonly reservations: Reservations;
  readonly neighbours: Neighbours;
  /** Passages that the cloud has taken. */
  readonly settles: { readonly settled: ReadonlySet<string> };
}

type Unheard = (answer: ValidateAnswer, place: LanePlace) => Verdict | undefined;

/**
 * What the cloud may not know of a ticket that it lets in: passages told here by gateways that can't
 * reach it, and own ones that it has not taken yet, such as those of a run before that lost its
 * network. Gives the verdict that stands in the way.
 */
export function createUnheard({ store, reservations, neighbours, settles }: UnheardParts): Unheard {
  return (
    { ticket = '', handle, scanId, slot = Number.POSITIVE_INFINITY }: ValidateAnswer,
    { direction, staffed }: LanePlace,
  ) => {
    if (direction === 'exit') return undefined;
    const grants = reservations.of(ticket).filter((grant) => grant.scanId !== scanId);
    const open = grants.find(({ unsettled }) => !unsettled) ?? grants[0];
    if (open?.unsettled && staffed) {
      return verdict('staff', { reason: 'unsettled', lane: open.lane });
    }
    if (open) return verdict('busy', { lane: open.lane });
    const isNews = store
      .passagesOf(ticket)
      .some(({ source, scanId: passed }) => source !== undefined || !settles.settled.has(passed));
    const found = isNews && handle !== undefined ? store.findSecure(handle) : undefined;
    if (!found) return undefined;
    const { row, performance, used, inside, lastUse, secure } = found;
    if (slot <= (secure?.burnt ?? -1)) return verdict('code-used');
    const isSplit = neighbours.mark().split === true;
    if (performance?.reEntry) {
      // While somebody is not heard, he may have seen the guest leave.
      return inside > 0 && !isSplit && row.uses <= 1
        ? verdict('already-inside', lastUse)
        : undefined;
    }
    return used >= row.uses ? verdict('already-used', lastUse) : undefined;
  };
}
