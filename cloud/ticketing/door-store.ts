import type {
  Moment,
  PerformanceFacts,
  TicketFacts,
  TicketLabel,
  TicketStatus,
} from '@gatehouse/protocol';
import type { Selectable } from 'kysely';
import type { PerformanceTable, Store, TicketTable } from '../store/index.ts';
import { factsOf } from './performance.ts';
import { settingsOf } from './performance-store.ts';

/** A ticket with what has happened to it, as the validator reads it inside a batch. */
export interface DoorTicket {
  readonly facts: TicketFacts;
  readonly performance: string;
  readonly handle: string | null;
  readonly label: TicketLabel;
  readonly used: number;
  /** People inside on it. */
  readonly inside: number;
  readonly burnt: number | undefined;
  readonly lastUse: { readonly at: Moment; readonly lane: string } | undefined;
  /** Scan ids of the latest commits, newest first. */
  readonly scans: readonly string[];
}

export interface DoorPerformance {
  readonly facts: PerformanceFacts;
  /** People inside by committed passages. */
  readonly inside: number;
}

/** What a passage makes of a ticket. */
export interface TicketUse {
  readonly used: number;
  /** People inside on it. */
  readonly inside: number;
  readonly burnt: number | undefined;
  readonly at: Moment;
  readonly lane: string;
  readonly scans: readonly string[];
}

/** Synchronous access for the validator; all but `key` only inside a batch of the store. */
export interface Door {
  byHandle(handle: string): DoorTicket | undefined;
  byDigest(digest: string): DoorTicket | undefined;
  byId(id: string): DoorTicket | undefined;
  performance(id: string): DoorPerformance | undefined;
  /** The public key (DER SPKI) of a generation of a handle; may be called at any time. */
  key(handle: string, generation: number): Uint8Array | undefined;
  /** Gives the number of the change that this makes. */
  use(ticket: DoorTicket, use: TicketUse): number;
  /** The newest ticket change, those of this batch counted. */
  change(): number;
  /** The newest value of the change counter; may be called at any time. */
  cursor(): number;
}

const TICKET = 'select * from tickets where';
const NEXT_CHANGE = `update counters set value = value + 1 where name = 'change' returning value`;

export function createDoor(store: Store): Door {
  const byHandle = store.prepare(`${TICKET} handle = ?`);
  const byDigest = store.prepare(`${TICKET} digest = ?`);
  const byId = store.prepare(`${TICKET} id = ?`);
  const performance = store.prepare(
    `select p.*, productions.title from performances p
     join productions on productions.id = p.production where p.id = ?`,
  );
  const key = store.prepareRead(
    `select spki from ticket_keys join tickets on tickets.id = ticket_keys.ticket
     where tickets.handle = ? and ticket_keys.generation = ?`,
  );
  const cursor = store.prepareRead(`select value from counters where name = 'change'`);
  const change = store.prepare(`select value from counters where name = 'change'`);
  const nextChange = store.prepare(NEXT_CHANGE);
  const use = store.prepare(
    `update tickets set used = ?, inside = ?, burnt = ?, last_use_at = ?, last_use_lane = ?,
     recent_scans = ?, change = ? where id = ?`,
  );
  const people = store.prepare('update performances set inside = inside + ? where id = ?');
  return {
    byHandle: (handle) => ticketOf(byHandle.get(handle)),
    byDigest: (digest) => ticketOf(byDigest.get(digest)),
    byId: (id) => ticketOf(byId.get(id)),
    performance: (id) => performanceOf(performance.get(id)),
    key: (handle, generation) =>
      (key.get(handle, generation) as { spki: Uint8Array } | undefined)?.spki,
    use(ticket, next) {
      const { value } = nextChange.get() as { value: number };
      use.run(
        next.used,
        next.inside,
        next.burnt ?? null,
        next.at,
        next.lane,
        JSON.stringify(next.scans),
        value,
        ticket.facts.id,
      );
      const more = next.inside - ticket.inside;
      if (more !== 0) people.run(more, ticket.performance);
      return value;
    },
    change: () => (change.get() as { value: number }).value,
    cursor: () => (cursor.get() as { value: number }).value,
  };
}

function ticketOf(found: unknown): DoorTicket | undefined {
  const row = found as Selectable<TicketTable> | undefined;
  if (!row) return undefined;
  const { last_use_at: at, last_use_lane: lane } = row;
  return {
    facts: {
      id: row.id,
      kind: row.kind,
      status: row.status as TicketStatus,
      uses: row.uses,
      entrances: row.entrances === '[]' ? [] : JSON.parse(row.entrances),
      ...(row.kind === 'secure' ? { generation: row.generation } : {}),
    },
    performance: row.performance,
    handle: row.handle,
    label: row.label === '{}' ? {} : JSON.parse(row.label),
    used: row.used,
    inside: row.inside,
    burnt: row.burnt ?? undefined,
    lastUse: at === null || lane === null ? undefined : { at, lane },
    scans: row.recent_scans === '[]' ? [] : JSON.parse(row.recent_scans),
  };
}

function performanceOf(found: unknown): DoorPerformance | undefined {
  const row = found as (Selectable<PerformanceTable> & { title: string }) | undefined;
  if (!row) return undefined;
  return { facts: factsOf(row.id, row.title, settingsOf(row)), inside: row.inside };
}
