import type { JournalBody } from '@gatehouse/protocol';
import type { Enrolment } from '@gatehouse/provisioning';
import type { Journal } from '../journal/index.ts';
import { createRecord } from '../lane/index.ts';
import type { GatewayEvent } from '../web/events.ts';
import { createHandLane } from './hand-lane.ts';
import type { HandLane, HandLaneOptions } from './settings.ts';

type EventName = Extract<JournalBody, { kind: 'event' }>['event'];

/** Handhelds of one gateway, paired or not: a lane is opened for each by its id. */
export interface HandLanes {
  start(journalFault?: string): void;
  stop(): Promise<void>;
  /** The lane of a handheld; opened at the first call. */
  open(lane: string): HandLane;
  /** The handheld is paired no more: what it left open is released. */
  close(lane: string): Promise<void>;
  /** Told when a lane can admit again or no more; returns how to stop being told. */
  onChange(listener: (lane: string) => void): () => void;
  /** Writes what people did at the gateway beside scans; resolves when it is on disk. */
  note(event: EventName, about: { lane?: string; code?: string; by?: string }): Promise<void>;
}

export type HandLanesOptions = Omit<HandLaneOptions, 'settings' | 'records' | 'onChange'> & {
  readonly configuration: Pick<Enrolment['configuration'], 'entrance' | 'halls' | 'withoutJournal'>;
  readonly gateway: string;
  readonly journal: Journal;
  readonly cursor: () => number | null;
  readonly tell: (event: GatewayEvent) => void;
};

export function createHandLanes(options: HandLanesOptions): HandLanes {
  const { configuration, gateway, journal, time, cursor, tell } = options;
  const { entrance, halls, withoutJournal } = configuration;
  const lanes = new Map<string, HandLane>();
  const listeners = new Set<(lane: string) => void>();
  let started = false;

  function make(lane: string): HandLane {
    const record = (direction: 'entry' | 'exit') =>
      createRecord({ journal, time, lane, direction, cursor, tell });
    const hand = createHandLane({
      ...options,
      settings: { lane, gateway, entrance, halls, withoutJournal },
      records: { entry: record('entry'), exit: record('exit') },
      onChange() {
        for (const listener of listeners) listener(lane);
      },
    });
    // What kept the journal away at the start is hardly so any more; its first row will tell.
    if (started) hand.start();
    return hand;
  }

  return {
    start(fault) {
      started = true;
      for (const lane of lanes.values()) lane.start(fault);
    },
    async stop() {
      started = false;
      await Promise.all([...lanes.values()].map((lane) => lane.stop()));
    },
    open(lane) {
      const known = lanes.get(lane) ?? make(lane);
      lanes.set(lane, known);
      return known;
    },
    async close(lane) {
      const known = lanes.get(lane);
      lanes.delete(lane);
      await known?.stop();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async note(event, about) {
      await journal.append({ kind: 'event', event, ...about, at: time.stamp(), cursor: cursor() });
    },
  };
}
