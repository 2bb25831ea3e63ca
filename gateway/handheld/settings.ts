import type { DoorRole, TicketLabel, Verdict } from '@gatehouse/protocol';
import type { Admission, Reservations } from '../admission/index.ts';
import type { Clock, VenueTime } from '../clock.ts';
import type { LaneRecord, Policy, UnknownRead } from '../lane/index.ts';
import type { Log } from '../log.ts';
import type { Reading } from '../reading/index.ts';
import type { TicketStore } from '../tickets/index.ts';

export interface HandLaneSettings {
  /** The handheld's id: it is a lane of its own. */
  readonly lane: string;
  readonly gateway: string;
  readonly entrance: string;
  readonly halls: readonly string[];
  readonly withoutJournal?: 'close' | 'open' | undefined;
}

/** What the person has chosen on the handheld. */
export interface HandMode {
  readonly direction: 'entry' | 'exit';
  /** Performances that are admitted; empty for all. */
  readonly performances: readonly string[];
  /** An admission stays open until the steward says whether the guest went in. */
  readonly confirms: boolean;
}

/** Who holds it. */
export interface HandWorker {
  readonly staff: string;
  readonly role: DoorRole;
}

export interface HandScan {
  /** UUIDv7 drawn by the handheld; the same again gives the same answer. */
  readonly scanId: string;
  readonly code: string;
  readonly symbology?: string | undefined;
  readonly source: 'camera' | 'wedge' | 'typed';
}

/** A guest whom a person wants in though the judge said no, or without a code. */
export interface Overridden {
  readonly scanId: string;
  readonly ticket: string;
  readonly performance: string;
  readonly label?: TicketLabel | undefined;
  /** The scan that was refused. */
  readonly of?: string | undefined;
  readonly reason: string;
}

/** An answer, before it is known what the asker may do about it. */
export interface Told {
  readonly scanId: string;
  readonly verdict: Verdict;
  readonly label?: TicketLabel | undefined;
  readonly ticket?: string | undefined;
  readonly performance?: string | undefined;
  readonly direction: 'entry' | 'exit';
  readonly decidedBy: 'gateway' | 'cloud' | 'staff';
  /** Venue time. */
  readonly at: number;
  /** Somebody was let in or out by this. */
  readonly passed: boolean;
  /** Venue time until which somebody has to say whether the guest went in. */
  readonly open?: number | undefined;
}

/**
 * One handheld at work. What is asked twice with one id is done once.
 * @throws GatehouseError `scan-id-reused`, `handheld-busy`, `handheld-stopped`, and as said below
 */
export interface HandLane {
  readonly lane: string;
  mode(): HandMode;
  setMode(mode: HandMode): void;
  /** Stable code of what keeps it from admitting. */
  fault(): string | undefined;
  unrecorded(): string | undefined;
  /** @param journalFault stable code where the journal could not be written at the start */
  start(journalFault?: string): void;
  stop(): Promise<void>;
  /** What was answered under an id, if it is still known. */
  answer(scanId: string): Promise<Told | undefined>;
  scan(asked: HandScan, who: HandWorker): Promise<Told>;
  /** Several codes at once; secure ones are to be shown singly (rule S9). */
  group(scans: readonly HandScan[], who: HandWorker): Promise<Told[]>;
  /**
   * Several people on one regular ticket; ends with the first that it is not good for.
   * @throws GatehouseError `group-secure`
   */
  passes(asked: HandScan, people: number, who: HandWorker): Promise<Told[]>;
  /** @throws GatehouseError `override-refused`, `override-too-soon`, `role-missing` */
  override(asked: Overridden, who: HandWorker): Promise<Told>;
  /**
   * Says whether the guest of an open admission went in.
   * @throws GatehouseError `scan-not-here`
   */
  end(scan: string, passed: boolean): Promise<Told>;
  /**
   * Says what became of a grant that a dead run of this gateway left open.
   * @throws GatehouseError `grant-not-here`, `journal-failed`
   */
  settle(ticket: string, passed: boolean, who: HandWorker): Promise<Told>;
}

export interface HandLaneOptions {
  readonly settings: HandLaneSettings;
  readonly admission: Admission;
  readonly records: { readonly entry: LaneRecord; readonly exit: LaneRecord };
  readonly reservations: Reservations;
  readonly store: TicketStore;
  readonly clock: Clock;
  readonly time: VenueTime;
  readonly log: Log;
  readonly policy?: Policy | undefined;
  readonly unknownRead: (reading: Reading) => UnknownRead;
  readonly onChange: () => void;
}
