import { insideAfter, type OpenGrant } from '@gatehouse/protocol';
import type { LocalPassage, StoredTicket } from '../tickets/index.ts';

/** A grant that is to be reserved at its ticket's home gateway. */
export interface AskedHome {
  readonly scanId: string;
  readonly ticket: string;
  readonly performance: string;
  readonly lane: string;
  readonly passageMs: number;
}

/** What a ticket's home said. */
export interface HomeAnswer {
  /** Open grants of the ticket that are in the way; none: it is reserved. */
  readonly grants: readonly OpenGrant[];
  /** Passages at the home's lanes that may not have been told of yet. */
  readonly passages: readonly LocalPassage[];
  /** It did not answer in time. */
  readonly unconfirmed: boolean;
}

/** What stands in every admission about the other gateways of the venue. */
export interface VenueMark {
  /** Not every gateway of the venue was heard. */
  readonly split?: true;
  readonly unconfirmed?: true;
  /** By gateway: the last row of its journal that was known. */
  readonly heard?: Readonly<Record<string, { readonly epoch: string; readonly seq: number }>>;
}

/** What an admission asks of the other gateways of the venue. */
export interface Neighbours {
  /** `undefined` where this gateway itself is the ticket's home: it knows all there is to know. */
  ask(asked: AskedHome): Promise<HomeAnswer> | undefined;
  /** Takes a reservation back that no row will ever tell of. */
  free(scanId: string, ticket: string): void;
  mark(): VenueMark;
  /** Active gateways of the venue. */
  gateways(): readonly string[];
}

/** A gateway by itself. */
export const NO_NEIGHBOURS: Neighbours = {
  ask: () => undefined,
  free() {},
  mark: () => ({}),
  gateways: () => [],
};

/** The ticket with passages at its home's lanes that have not been told of yet. */
export function withPassages(
  { row, used, inside, lastUse }: StoredTicket,
  known: readonly LocalPassage[],
  told: readonly LocalPassage[],
) {
  const isKnown = (scanId: string) =>
    row.scans?.includes(scanId) || known.some((passage) => passage.scanId === scanId);
  const fresh = told.filter(({ scanId }) => !isKnown(scanId));
  const last = fresh.at(-1);
  if (!last) return { used, inside, lastUse };
  return {
    used: used + fresh.filter(({ counts }) => counts).length,
    inside: insideAfter(inside, fresh),
    lastUse: { at: last.at, lane: last.lane },
  };
}
