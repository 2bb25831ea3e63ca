import type { JournalBody, Verdict } from '@gatehouse/protocol';
import type { Decision } from '../admission/index.ts';
import type { VenueTime } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import type { Journal } from '../journal/index.ts';
import type { GatewayEvent, ScanTimings } from '../web/events.ts';

type JournalEvent = Extract<GatewayEvent, { type: 'journal' }>;
type Result = Extract<JournalBody, { kind: 'result' }>['result'];
type EventName = Extract<JournalBody, { kind: 'event' }>['event'];

/** What an unknown code leaves behind: never the text. */
export interface UnknownRead {
  readonly hmac: string;
  readonly length: number;
  readonly symbology: string;
}

/** Rows that could not be written wait here for the journal; then the oldest is given up. */
const OWED_MAX = 500;

/**
 * Writes one lane's rows; each resolves when its row is on disk. What has already happened (a
 * refusal, a result, an event) and could not be written is owed, and written when the disk is back.
 */
export interface LaneRecord {
  /** @param owed the lane goes on without it: it is written when the disk is back */
  intent(decision: Decision, owed?: boolean): Promise<void>;
  refusal(
    decision: Decision,
    said: Verdict,
    timings: ScanTimings,
    read?: UnknownRead,
  ): Promise<void>;
  /** @param timings of the whole scan, shown beside the row */
  result(decision: Decision, result: Result, timings?: ScanTimings): Promise<void>;
  /** @param by staff id of who did it */
  event(event: EventName, code?: string, by?: string): Promise<void>;
  /** Tries the journal with a row about what closed the lane, then writes what is owed. */
  probe(code: string): Promise<void>;
}

export interface RecordOptions {
  readonly journal: Journal;
  readonly time: VenueTime;
  readonly lane: string;
  readonly direction: 'entry' | 'exit';
  readonly cursor: () => number | null;
  readonly tell: (event: GatewayEvent) => void;
}

export function createRecord(options: RecordOptions): LaneRecord {
  const { journal, time, lane, direction, cursor, tell } = options;
  let givenUp = 0;
  const owed: { body: JournalBody; shown: Partial<JournalEvent> }[] = [];

  function common() {
    return { lane, direction, at: time.stamp(), cursor: cursor() };
  }

  function about(decision: Decision) {
    const { scanId, ticket, performance, handle, slot, generation, by } = decision;
    return { ...common(), scanId, ticket, performance, handle, slot, generation, by };
  }

  async function write(body: JournalBody, shown: Partial<JournalEvent>): Promise<void> {
    const seq = await journal.append(body);
    tell({
      type: 'journal',
      epoch: journal.epoch,
      seq,
      kind: body.kind,
      at: body.at.wall + (body.at.offset ?? 0),
      lane,
      scanId: body.scanId,
      ...shown,
    });
  }

  /** Writes what has happened: now, or when the journal is back. */
  async function keep(body: JournalBody, shown: Partial<JournalEvent>): Promise<void> {
    const { scanId } = body;
    // A result never stands before its intent: a restart would take that for an open grant.
    if (scanId !== undefined && owed.some((row) => row.body.scanId === scanId)) {
      owe(body, shown);
      return;
    }
    try {
      await write(body, shown);
    } catch (error) {
      owe(body, shown);
      throw error;
    }
  }

  function owe(body: JournalBody, shown: Partial<JournalEvent>): void {
    owed.push({ body, shown });
    if (owed.length <= OWED_MAX) return;
    owed.shift();
    givenUp += 1;
  }

  /** Says how much nobody will ever know, before what is still known. */
  async function tellGivenUp(): Promise<void> {
    if (givenUp === 0) return;
    const { code } = gatewayError('journal-rows-given-up', { rows: givenUp });
    const told = givenUp;
    await write({ kind: 'event', ...common(), event: 'gap', code }, { what: 'gap' });
    givenUp -= told;
  }

  return {
    intent(decision, isOwed = false) {
      const { verdict, decidedBy, passageMs, label, took, refersTo, venue } = decision;
      const free = decision.isFree ? true : undefined;
      const said = {
        verdict,
        decidedBy,
        passageMs,
        refersTo,
        free,
        ...venue,
        ...decision.evidence,
      };
      const body = { kind: 'intent' as const, ...about(decision), ...said };
      const shown = { verdict, decidedBy, label, timings: took };
      return isOwed ? keep(body, shown) : write(body, shown);
    },
    refusal(decision, said, timings, read) {
      const { decidedBy, label } = decision;
      const body = { kind: 'refusal' as const, ...about(decision), verdict: said, decidedBy, read };
      return keep(body, { verdict: said, decidedBy, label, timings });
    },
    result(decision, result, timings) {
      const body = { kind: 'result' as const, ...about(decision), result };
      return keep(body, { what: result, label: decision.label, timings });
    },
    event(event, code, by) {
      return keep({ kind: 'event', ...common(), event, code, by }, { what: event });
    },
    async probe(code) {
      await write({ kind: 'event', ...common(), event: 'fault', code }, { what: 'fault' });
      await tellGivenUp();
      for (let next = owed[0]; next; next = owed[0]) {
        await write(next.body, next.shown);
        // it may have fallen out meanwhile
        if (owed[0] === next) owed.shift();
      }
    },
  };
}
