import type { CodeKind } from './codes/kinds.ts';

/** Milliseconds since 1970, by the clock of whoever decides. */
export type Moment = number;

/** Whether a ticket may be used at all. */
export type TicketStatus = 'valid' | 'unpaid' | 'blocked' | 'cancelled' | 'taken-back';

/** What is asked of a guest whose phone has been without network too long (see admission.md). */
export type StalePhonePolicy = 'refuse' | 'staff' | 'admit';

/** What becomes of secure tickets while the cloud is away. */
export type OfflinePolicy = 'refuse' | 'staff' | 'verify';

/** One date of a production in one hall, as far as a door needs to know it. */
export interface PerformanceFacts {
  readonly id: string;
  readonly title: string;
  readonly hall: string;
  readonly starts: Moment;
  /** Admission window (rule P13). */
  readonly opens: Moment;
  readonly closes: Moment;
  readonly secure: boolean;
  /** Whether a guest may leave and come back. */
  readonly reEntry: boolean;
  /** People who may be inside; left out where nobody counts. */
  readonly capacity?: number | undefined;
  readonly offline: OfflinePolicy;
  /** People per hour whom the venue may admit without the cloud; left out for no limit. */
  readonly offlineCap?: number | undefined;
  readonly stalePhone: StalePhonePolicy;
}

/** One ticket, as far as a door needs to know it. */
export interface TicketFacts {
  readonly id: string;
  readonly kind: 'regular' | 'secure';
  readonly status: TicketStatus;
  /** How many passages it is good for; 1 for an ordinary ticket, more for a pass. */
  readonly uses: number;
  /** Entrances it is good for; empty for all. */
  readonly entrances: readonly string[];
  /** Secure tickets: the key generation that counts now. */
  readonly generation?: number | undefined;
}

/** What the signature of a secure code showed. */
export interface Proof {
  readonly signature: 'good' | 'bad';
  readonly generation: number;
  /** Full slot; meaningful only with a good signature. */
  readonly slot: number;
  /** How long ago the beacon in the code was replaced, in milliseconds. */
  readonly beaconAge: number;
  /** The code this ticket showed before and by how many slots it was off, if it was refused. */
  readonly earlier?: { readonly slot: number; readonly skew: number } | undefined;
}

/** A reading with everything that could be found out about it. */
export interface Presented {
  readonly code: CodeKind;
  readonly ticket?: TicketFacts | undefined;
  readonly performance?: PerformanceFacts | undefined;
  readonly proof?: Proof | undefined;
}

/** A grant that has not ended, or whose time has gone by in silence. */
export interface OpenGrant {
  readonly gateway: string;
  readonly lane: string;
  readonly scanId: string;
  /** Its time and 3 s more have gone by and its holder has said nothing. */
  readonly unsettled: boolean;
}

/** What has happened with the ticket so far. */
export interface TicketState {
  /** Passages committed. */
  readonly used: number;
  /** People inside on this ticket. */
  readonly inside: number;
  readonly lastUse?: { readonly at: Moment; readonly lane: string } | undefined;
  /** This slot and all before it are dead. */
  readonly burnt?: number | undefined;
  readonly grants: readonly OpenGrant[];
  /** People of the performance inside, open grants counted. */
  readonly occupancy: number;
  /** How many more this gateway may admit in this hour without the cloud; left out for no limit. */
  readonly offlineLeft?: number | undefined;
}

/** Where it happens and what can be known there. */
export interface Place {
  readonly gateway: string;
  readonly lane: string;
  readonly direction: 'entry' | 'exit';
  readonly entrance: string;
  /** Halls that this lane leads to; empty for all. */
  readonly halls: readonly string[];
  readonly open: boolean;
  /** Whether a person stands by the lane. */
  readonly staffed: boolean;
  /** A person counts several in on one ticket: what it has just been used for is no re-read. */
  readonly counted?: true | undefined;
  /** Who decides: the gateway can decide about a secure ticket only when the cloud is away. */
  readonly decider: 'gateway' | 'cloud';
  /** How far the decider's clock can be trusted. */
  readonly clock: ClockQuality;
}

/** `untrusted` after a power cut until somebody has told the time; `plausible` by NTP alone. */
export type ClockQuality = 'trusted' | 'plausible' | 'untrusted';
