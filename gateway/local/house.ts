import type { PerformanceRow, SearchAnswer } from '@gatehouse/protocol';
import type { VenueTime } from '../clock.ts';
import type { HandLanes } from '../handheld/index.ts';
import type { StoredTicket } from '../tickets/index.ts';
import type { GatewayStatus } from '../web/events.ts';
import type { JournalPage, LaneCommand, LaneCommandAnswer, Reader, ReadLogEntry } from './api.ts';

/** A configured entrance, as the people at its door and its technician deal with it. */
export interface LocalEntrance {
  readonly venue: string;
  readonly language: 'nl' | 'en' | 'fr' | 'de';
  readonly timeZone: string;
  readonly halls: readonly string[];
  readonly hands: HandLanes;
  readonly time: VenueTime;
  readonly store: {
    readonly performances: {
      all(): Iterable<PerformanceRow>;
      of(id: string): PerformanceRow | undefined;
    };
    occupancy(performance: string): number;
    byId(ticket: string): StoredTicket | undefined;
  };
  /** Venue time at which the tickets were last known to be what the cloud has. */
  synced(): number | undefined;
  /** @throws GatehouseError `search-needs-cloud` */
  search(words: string, limit: number): Promise<SearchAnswer>;
  /** Newest first. */
  rows(before: string | undefined): Promise<JournalPage>;
  /** @throws GatehouseError `lane-unknown`, `lane-not-closed` */
  command(lane: string, command: LaneCommand): Promise<LaneCommandAnswer>;
}

/** What the pages need of the gateway around it, configured or not. */
export interface House {
  readonly software: string;
  readonly hardware: string;
  status(): GatewayStatus;
  entrance(): LocalEntrance | undefined;
  /** A technician's word that lets relays be tested and a new config code be read. */
  readonly arming: { arm(): void; disarm(): void; readonly left: number };
  readers(): Reader[];
  reads(): ReadLogEntry[];
  /** PNG of a camera's newest picture. */
  picture(lane: string, device: number): Promise<Buffer | undefined>;
}
