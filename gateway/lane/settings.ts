import type { Turnstile } from '@gatehouse/hardware';
import type { Admission } from '../admission/index.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Reading } from '../reading/index.ts';
import type { GatewayEvent, LaneView } from '../web/events.ts';
import type { Policy } from './policy.ts';
import type { LaneRecord, UnknownRead } from './record.ts';

export interface LaneSettings {
  readonly lane: string;
  readonly name: string;
  readonly gateway: string;
  readonly direction: 'entry' | 'exit';
  readonly entrance: string;
  readonly halls: readonly string[];
  readonly staffed: boolean;
  /** What the lane does while its journal can't be written; `close` if left out. */
  readonly withoutJournal?: 'close' | 'open' | undefined;
  /** How long the turnstile stays unlocked for one passage. */
  readonly unlockMs: number;
}

export interface LaneOptions {
  readonly settings: LaneSettings;
  readonly turnstile: Turnstile;
  readonly admission: Admission;
  readonly record: LaneRecord;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: (event: GatewayEvent) => void;
  readonly policy?: Policy | undefined;
  /** HMAC, length and symbology of a text nobody knows. */
  readonly unknownRead: (reading: Reading) => UnknownRead;
}

/** One lane: idle → deciding → granted → passed | released; closed; emergency. */
export interface Lane {
  /** @param journalFault stable code where the journal could not be written at the start */
  start(journalFault?: string): Promise<void>;
  /** Ends what is under way: a grant that nobody used is given back. */
  stop(): Promise<void>;
  read(reading: Reading): void;
  view(): LaneView;
  /** Closes it on a person's word until that is taken back with `undefined`; exits open all the same. */
  shut(code: string | undefined): void;
}
