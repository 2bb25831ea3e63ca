import type { SettleRequest, TicketLabel, Verdict } from '@gatehouse/protocol';
import type { VenueMark } from './home.ts';
import type { Evidence } from './known.ts';

/** What was decided about one reading, and how to end it. */
export interface Decision {
  readonly scanId: string;
  readonly verdict: Verdict;
  readonly decidedBy: 'gateway' | 'cloud' | 'staff';
  /** Staff id of the person who scanned or gave the word; lanes have none. */
  readonly by?: string | undefined;
  /** Milliseconds to pass, counted from `at`; only for an admit. */
  readonly passageMs: number;
  /** Monotonic milliseconds at which the decision was there. */
  readonly at: number;
  readonly ticket?: string | undefined;
  readonly performance?: string | undefined;
  readonly handle?: string | undefined;
  readonly slot?: number | undefined;
  /** Key generation of a secure code that the gateway looked at itself. */
  readonly generation?: number | undefined;
  readonly evidence?: Evidence | undefined;
  readonly label?: TicketLabel | undefined;
  /** Somebody who left comes back; that takes no use. */
  readonly isFree?: boolean | undefined;
  /** What was known of the other gateways of the venue. */
  readonly venue?: VenueMark | undefined;
  /** The scan that was given up before this one. */
  readonly refersTo?: string | undefined;
  /** Milliseconds that the decision or the round trip took. */
  readonly took: { readonly decide?: number; readonly cloud?: number };
  /** Looks at grants and revocations once more, right before the relay. */
  stillGood(): boolean;
  /**
   * Ends the grant: somebody passed, nobody did, or the lane gave up. `unsettled` leaves it to a
   * person: nobody can tell whether somebody passed.
   */
  settle(kind: SettleRequest['kind'] | 'unsettled', late?: boolean): unknown;
}
