import {
  EPOCHS_MAX,
  JournalBody,
  type JournalPlace,
  outcomeOf,
  type PeerMessageOf,
  type VerdictKey,
} from '@gatehouse/protocol';
import type { Reservations } from '../admission/index.ts';
import type { Clock } from '../clock.ts';
import { digestOf } from '../journal/index.ts';
import type { LocalPassage, TicketStore } from '../tickets/index.ts';

/** Intents of one gateway without a result that are remembered; the oldest falls out. */
const OPEN_MAX = 1_000;

/** What other gateways' journals tell: grants open there, and who passed. */
export interface JournalIn {
  /** What the other need not tell again. */
  places(gateway: string): readonly JournalPlace[];
  /** The last row that is known of a gateway. */
  newest(gateway: string): JournalPlace | undefined;
  /** The last row that is known of every gateway that was ever heard. */
  all(): Readonly<Record<string, JournalPlace>>;
  /** Whether everything up to that place is known. */
  has(gateway: string, place: JournalPlace): boolean;
  /** Whether the gateway said that it stops, and nothing since. */
  hasStopped(gateway: string): boolean;
  /**
   * Takes rows in and gives what can be answered.
   * @throws `Error` for rows that are not what their digests say, and the database's error
   */
  take(gateway: string, told: PeerMessageOf<'rows'>): JournalPlace;
  /** Whether a row of that gateway told of that scan, and none of its end. */
  isOpen(gateway: string, scanId: string): boolean;
}

interface Open {
  readonly epoch: string;
  readonly seq: number;
  readonly said: VerdictKey;
}

interface Journal {
  /** By epoch, the newest last. */
  readonly seqs: Map<string, number>;
  readonly open: Map<string, Open>;
  stopped: boolean;
}

export interface JournalInOptions {
  readonly store: TicketStore;
  readonly reservations: Reservations;
  readonly clock: Clock;
}

export function createJournalIn(options: JournalInOptions): JournalIn {
  const { store, reservations, clock } = options;
  const journals = new Map<string, Journal>();

  function journalOf(gateway: string): Journal {
    const known = journals.get(gateway);
    if (known) return known;
    const places = store.heardOf(gateway);
    const seqs = new Map([...places].reverse().map(({ epoch, seq }) => [epoch, seq]));
    const stopped = places[0]?.stopped ?? false;
    const journal = { seqs, open: new Map<string, Open>(), stopped };
    journals.set(gateway, journal);
    return journal;
  }

  function newest(gateway: string): JournalPlace | undefined {
    const [epoch, seq] = [...journalOf(gateway).seqs].at(-1) ?? [];
    return epoch === undefined || seq === undefined ? undefined : { epoch, seq };
  }

  /** An intent opens a grant, a result ends it; gives the passage that it tells of. */
  function follow(
    gateway: string,
    journal: Journal,
    place: JournalPlace,
    body: JournalBody,
  ): LocalPassage | undefined {
    journal.stopped = body.kind === 'event' && body.event === 'stopped';
    const { scanId, ticket } = body;
    if (scanId === undefined || ticket === undefined) return undefined;
    if (body.kind === 'intent') opened(gateway, journal, place, body);
    if (body.kind !== 'result') return undefined;
    const open = journal.open.get(scanId);
    const said = open?.said;
    if (body.result === 'unsettled') {
      // A restart must hear this again too, not only the intent of the run before.
      if (open) journal.open.set(scanId, { ...open, ...place });
      const { performance = '', lane = '' } = body;
      const grant = { gateway, lane, scanId, unsettled: true };
      if (body.direction !== 'exit') reservations.reserve(ticket, performance, grant);
      return undefined;
    }
    journal.open.delete(scanId);
    reservations.end(ticket, scanId);
    const isPassage = body.result === 'passed' || body.result === 'late';
    if (!isPassage || said === 'exit-unmatched') return undefined;
    const { performance, direction = 'entry', lane = '', slot, at } = body;
    const counts = direction === 'entry' && said !== 're-entry';
    const when = at.wall + (at.offset ?? 0);
    const source = { gateway, ...place };
    const news = { at, ...(body.result === 'late' && { late: true as const }) };
    return { scanId, ticket, performance, direction, lane, slot, counts, at: when, source, news };
  }

  function opened(
    gateway: string,
    { open }: Journal,
    place: JournalPlace,
    intent: Extract<JournalBody, { kind: 'intent' }>,
  ): void {
    const { scanId = '', ticket = '', performance = '', lane = '', verdict } = intent;
    if (outcomeOf(verdict.key) !== 'admit') return;
    open.set(scanId, { ...place, said: intent.free ? 're-entry' : verdict.key });
    if (open.size > OPEN_MAX) open.delete(open.keys().next().value as string);
    if (intent.direction === 'exit') return;
    const grant = { gateway, lane, scanId, unsettled: false };
    reservations.reserve(ticket, performance, grant, clock.mono() + intent.passageMs);
  }

  /** A restart must hear of grants again that are open now. */
  function safePlace({ open }: Journal, { epoch, seq }: JournalPlace): JournalPlace {
    let safe = seq;
    for (const one of open.values()) if (one.epoch === epoch) safe = Math.min(safe, one.seq - 1);
    return { epoch, seq: safe };
  }

  return {
    places: (gateway) =>
      [...journalOf(gateway).seqs].slice(-EPOCHS_MAX).map(([epoch, seq]) => ({ epoch, seq })),
    newest,
    all() {
      const known: Record<string, JournalPlace> = {};
      for (const gateway of journals.keys()) {
        const place = newest(gateway);
        if (place) known[gateway] = place;
      }
      return known;
    },
    has: (gateway, { epoch, seq }) => (journalOf(gateway).seqs.get(epoch) ?? 0) >= seq,
    hasStopped: (gateway) => journalOf(gateway).stopped,
    take(gateway, { epoch, rows }) {
      const journal = journalOf(gateway);
      let seq = journal.seqs.get(epoch) ?? 0;
      const passages: LocalPassage[] = [];
      for (const row of rows) {
        if (row.seq <= seq) continue;
        if (digestOf(row.previous, row.body) !== row.digest) {
          throw new Error(`row ${epoch}/${row.seq} is not what its digest says`);
        }
        seq = row.seq;
        const body = bodyOf(row.body);
        // What can't be read here is the cloud's to park.
        const passage = body && follow(gateway, journal, { epoch, seq }, body);
        if (passage) passages.push(passage);
      }
      const place = { epoch, seq };
      const { stopped } = journal;
      store.hear(gateway, { ...safePlace(journal, place), stopped }, passages);
      journal.seqs.set(epoch, seq);
      return place;
    },
    isOpen: (gateway, scanId) => journalOf(gateway).open.has(scanId),
  };
}

function bodyOf(text: string): JournalBody | undefined {
  try {
    return JournalBody.safeParse(JSON.parse(text)).data;
  } catch {
    // not JSON: nothing to follow
    return undefined;
  }
}
