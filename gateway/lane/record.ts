import type { JournalBody, Verdict } from '@gatehouse/protocol';
import type { Decision } from '../admission/index.ts';
import type { VenueTime } from '../clock.ts';
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

/** Writes one lane's rows; each resolves when its row is on disk. */
export interface LaneRecord {
  intent(decision: Decision): Promise<void>;
  refusal(
    decision: Decision,
    said: Verdict,
    timings: ScanTimings,
    read?: UnknownRead,
  ): Promise<void>;
  /** @param timings of the whole scan, shown beside the row */
  result(decision: Decision, result: Result, timings?: ScanTimings): Promise<void>;
  event(event: EventName, code?: string): Promise<void>;
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

  function common() {
    return { lane, direction, at: time.stamp(), cursor: cursor() };
  }

  function about(decision: Decision) {
    const { scanId, ticket, performance, handle, slot } = decision;
    return { ...common(), scanId, ticket, performance, handle, slot };
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

  return {
    intent(decision) {
      const { verdict, decidedBy, passageMs, label, took } = decision;
      const body = { kind: 'intent' as const, ...about(decision), verdict, decidedBy, passageMs };
      return write(body, { verdict, decidedBy, label, timings: took });
    },
    refusal(decision, said, timings, read) {
      const { decidedBy, label } = decision;
      const body = { kind: 'refusal' as const, ...about(decision), verdict: said, decidedBy, read };
      return write(body, { verdict: said, decidedBy, label, timings });
    },
    result(decision, result, timings) {
      const body = { kind: 'result' as const, ...about(decision), result };
      return write(body, { what: result, label: decision.label, timings });
    },
    event(event, code) {
      return write({ kind: 'event', ...common(), event, code }, { what: event });
    },
  };
}
