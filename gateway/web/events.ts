import type { Signal } from '@gatehouse/hardware';
import type { Hint, TicketLabel, Verdict } from '@gatehouse/protocol';

/** How sure the gateway is of its uplink: `suspect` still tries, `away` has no session. */
export type UplinkState = 'connected' | 'suspect' | 'away';
export type LaneState = 'idle' | 'deciding' | 'granted' | 'closed' | 'emergency';

/** Milliseconds that each step of one scan took, where it was taken. */
export interface ScanTimings {
  /** Frame or last byte to code. */
  readonly read?: number;
  /** Local decision. */
  readonly decide?: number;
  /** Cloud round trip. */
  readonly cloud?: number;
  /** Until the intent was durable. */
  readonly journal?: number;
  /** Code to relay command. */
  readonly relay?: number;
}

/** What one lane shows and does now. */
export interface LaneView {
  readonly lane: string;
  readonly name: string;
  readonly direction: 'entry' | 'exit';
  readonly state: LaneState;
  readonly signal: Signal;
  readonly verdict?: Verdict | undefined;
  readonly label?: TicketLabel | undefined;
  readonly scanId?: string | undefined;
  /** Stable code of what closed the lane. */
  readonly fault?: string | undefined;
  /** Not every gateway of the venue is heard. */
  readonly split?: boolean | undefined;
  /** It admits though its journal can't be written, and why: what it does now may be forgotten. */
  readonly unrecorded?: string | undefined;
  /** What the guest may do whose ticket is seen and can't be read; never beside a verdict. */
  readonly hint?: Hint | undefined;
  /** The same verdict seen again, counted so that a screen can show that it answered. */
  readonly reads: number;
}

/** Gateways of the venue that are heard, and active ones that are not. */
export interface PeersView {
  readonly heard: readonly string[];
  readonly missing: readonly string[];
}

/** Room on the disk of the data folder, in bytes. */
export interface DiskView {
  readonly free: number;
  /** What the journal fills. */
  readonly journal: number;
  /** People should make space before lanes close. */
  readonly low: boolean;
}

/** What the gateway tells its own screens. Never a ticket code, never a name. */
export type GatewayEvent =
  | {
      readonly type: 'gateway';
      readonly state: 'unconfigured' | 'claiming' | 'configured';
      readonly gateway?: string;
      readonly name?: string;
      readonly entrance?: string;
      /** Why the last claim failed, or why the cloud does not let it in. */
      readonly code?: string;
      /** Six characters of its key; shown until an administrator has compared them. */
      readonly keyMark?: string;
      readonly accepted?: boolean;
    }
  | { readonly type: 'uplink'; readonly state: UplinkState }
  | ({ readonly type: 'disk' } & DiskView)
  | ({ readonly type: 'peers' } & PeersView)
  | ({ readonly type: 'lane' } & LaneView)
  | {
      readonly type: 'journal';
      readonly epoch: string;
      readonly seq: number;
      readonly kind: 'intent' | 'refusal' | 'result' | 'event';
      readonly at: number;
      readonly lane?: string | undefined;
      readonly scanId?: string | undefined;
      readonly verdict?: Verdict | undefined;
      /** `passed`, `released` … or the event’s name. */
      readonly what?: string | undefined;
      readonly decidedBy?: 'gateway' | 'cloud' | 'staff' | undefined;
      readonly label?: TicketLabel | undefined;
      readonly timings?: ScanTimings | undefined;
    }
  /** The cloud has stored all rows of an epoch up to and with this one. */
  | { readonly type: 'stored'; readonly epoch: string; readonly upTo: number }
  | { readonly type: 'tickets'; readonly count: number; readonly cursor: number | null };

/** `GET /status`: everything a screen needs to begin; `GET /events` (SSE) then tells changes. */
export interface GatewayStatus {
  readonly gateway: Extract<GatewayEvent, { type: 'gateway' }>;
  readonly uplink: UplinkState;
  readonly peers: PeersView;
  readonly lanes: readonly LaneView[];
  readonly tickets: { readonly count: number; readonly cursor: number | null };
  /** Rows the cloud has not stored yet. */
  readonly queue: number;
  readonly disk?: DiskView | undefined;
  /** Venue time at which the last performance whose doors are open, or soon will be, closes. */
  readonly doorsOpenUntil?: number | undefined;
}
