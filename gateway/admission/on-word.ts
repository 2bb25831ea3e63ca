import type { PersonsWord, Place, TicketLabel } from '@gatehouse/protocol';
import type { StoredTicket, TicketStore } from '../tickets/index.ts';
import { type Known, knownRegular } from './known.ts';

/** Where a scan happens, as far as the lane itself knows. */
export type LanePlace = Omit<Place, 'decider' | 'clock'>;

/** A ticket that a person at the door has before them, and their word that its guest may go in. */
export interface AskedByPerson {
  readonly scanId?: string | undefined;
  readonly ticket: string;
  readonly performance: string;
  readonly label?: TicketLabel | undefined;
  /** The scan that was refused. */
  readonly of?: string | undefined;
  readonly word: PersonsWord;
}

/**
 * The ticket as the gateway has it; the person answers for who holds it. Of one that only the cloud
 * has, what the cloud has told stands in its place: good, and for the moment not used.
 */
export function knownByPerson(
  found: StoredTicket | undefined,
  { ticket, performance, label }: AskedByPerson,
  store: Pick<TicketStore, 'performances'>,
): Known {
  const told: StoredTicket = {
    row: {
      ...{ id: ticket, digest: '', performance, label },
      ...{ status: 'valid', uses: 1, used: 0, inside: false },
    },
    performance: store.performances.of(performance),
    used: 0,
    inside: 0,
  };
  return knownRegular(found ?? told);
}
