import { createHash } from 'node:crypto';
import {
  type BeaconRow,
  COMPARED_ROWS_MAX,
  type ComparedTicket,
  comparedLine,
  type DeltaBody,
  type PerformanceRow,
  type SecureRow,
  STORED_MAX,
  type TicketRow,
  type TicketsPage,
  type TicketsRequest,
  toHex,
} from '@gatehouse/protocol';
import type { Selectable } from 'kysely';
import type { PerformanceTable, Store, TicketTable } from '../store/index.ts';
import { BEACONS_AHEAD } from './beacons.ts';
import { factsOf } from './performance.ts';
import { settingsOf } from './performance-store.ts';

/** Rows of one page, whatever was asked for: so that no page holds up the scans beside it. */
export const SYNC_ROWS_MAX = 5_000;
/** Older beacons than these are stale by now. */
const BEACONS_BACK = 4;

/** What gateways are told of tickets; each call reads all of it in one snapshot. */
export interface TicketReads {
  /** The answer to a gateway's question for what changed. */
  page(request: TicketsRequest): TicketsPage;
  /**
   * Everything that changed after `from`, and what `also` reads in the same snapshot; where that is
   * more than `limit` ticket rows, or `from` is left out, it is no change: from the newest on.
   */
  changes<T>(from: number | undefined, limit: number, also: () => T): [Changes, T];
}

/** What changed from one number to another. */
export type Changes = Omit<DeltaBody, 'tenant' | 'venue' | 'members'>;

/**
 * Reads what gateways are told. Cursor and rows are read in one snapshot; rows come in the order of
 * their changes, which is the order of commits.
 */
export function createTicketReads(store: Store): TicketReads {
  const begin = store.prepareRead('begin');
  const commit = store.prepareRead('commit');
  const read = statements(store);
  const atOnce = <T>(work: () => T): T => {
    begin.run();
    try {
      return work();
    } finally {
      commit.run();
    }
  };
  return {
    page: (request) =>
      atOnce(() => {
        const newest = read.newest();
        // A cursor from the future is one of a database that was restored since: start over.
        const known = request.cursor !== null && request.cursor <= newest;
        const from = known ? request.cursor : null;
        const { rows, more } = read.rows(from ?? 0, Math.min(request.limit, SYNC_ROWS_MAX));
        const isSame =
          from === newest && request.compare ? read.isSame(request.compare) : undefined;
        return {
          requestId: request.requestId,
          from,
          cursor: more ? (rows.at(-1)?.change ?? newest) : newest,
          more,
          ...read.told(rows),
          ...(more ? {} : { stored: read.stored() }),
          ...(isSame === undefined ? {} : { differs: !isSame }),
        };
      }),
    changes: (from, limit, also) =>
      atOnce(() => {
        const cursor = read.newest();
        const found = from === undefined ? NOTHING : read.rows(from, limit);
        const { rows } = found.more ? NOTHING : found;
        const begins = from === undefined || found.more ? cursor : from;
        return [{ from: begins, cursor, ...read.told(rows) }, also()];
      }),
  };
}

/** As `createTicketReads().page`. */
export function ticketPages(store: Store): TicketReads['page'] {
  return createTicketReads(store).page;
}

interface Found {
  readonly rows: readonly Row[];
  readonly more: boolean;
}

const NOTHING: Found = { rows: [], more: false };

function statements(store: Store) {
  const counter = store.prepareRead(`select value from counters where name = 'change'`);
  const performances = store.prepareRead(
    `select p.*, productions.title from performances p
     join productions on productions.id = p.production order by p.starts`,
  );
  const tickets = store.prepareRead(
    `select * from tickets where change > ? and (kind = 'regular' or performance in
     (select id from performances where offline <> 'refuse')) order by change limit ?`,
  );
  const compared = store.prepareRead(
    `select id, coalesce(digest, handle) as name, performance, status, uses, used, inside
     from tickets where id > ?1 and (?2 is null or id <= ?2)
     and (kind = 'regular' or performance in
       (select id from performances where offline <> 'refuse')) order by id limit ?3`,
  );
  const key = store.prepareRead('select spki from ticket_keys where ticket = ? and generation = ?');
  const beacons = store.prepareRead('select slot, value from beacons order by slot desc limit ?');
  // Rows that were set aside or are lost are in no ticket, though another gateway may hold them:
  // a head counts only to before the first of them.
  const stored = store.prepareRead(
    `select h.gateway, h.epoch, min(h.up_to,
     coalesce((select min(j.seq) - 1 from journal j indexed by journal_parked
     where j.parked is not null and j.parked <> 'broken-chain' and j.gateway = h.gateway
     and j.epoch = h.epoch), h.up_to),
     coalesce((select min(g.from_seq) - 1 from journal_gaps g where g.gateway = h.gateway
     and g.epoch = h.epoch), h.up_to)) as upTo
     from journal_heads h order by h.moved desc limit ?`,
  );
  const secureRow = (row: Row): SecureRow => secureRowOf(row, key.get(row.id, row.generation));
  const beaconRows = (isWanted: boolean) =>
    isWanted
      ? beacons
          .all(BEACONS_AHEAD + BEACONS_BACK)
          .map(beaconRow)
          .reverse()
      : [];
  return {
    newest: () => (counter.get() as { value: number }).value,
    rows(from: number, limit: number): Found {
      const rows = tickets.all(from, limit + 1) as unknown as Row[];
      const more = rows.length > limit;
      return { rows: more ? rows.slice(0, limit) : rows, more };
    },
    /** Whether a gateway holds the same tickets; a few more than it may name are enough to tell. */
    isSame({ after, upTo, count, digest }: NonNullable<TicketsRequest['compare']>): boolean {
      const rows = compared.all(after, upTo, COMPARED_ROWS_MAX + 1) as unknown as ComparedTicket[];
      if (rows.length !== count) return false;
      const hash = createHash('sha256');
      for (const row of rows) hash.update(comparedLine(row));
      return hash.digest('hex') === digest;
    },
    /** Journals as far as the cloud has them, folded into its tickets; latest first. */
    stored: (): StoredHead[] =>
      stored.all(STORED_MAX).map((head) => ({ ...(head as unknown as StoredHead) })),
    told(rows: readonly Row[]) {
      const shows = performances.all().map((row) => performanceRow(row as never));
      return {
        performances: shows,
        tickets: rows.filter(({ kind }) => kind === 'regular').map(ticketRow),
        secure: rows.filter(({ kind }) => kind === 'secure').map(secureRow),
        beacons: beaconRows(shows.some(({ offline }) => offline === 'verify')),
      };
    },
  };
}

type StoredHead = NonNullable<TicketsPage['stored']>[number];
type Row = Selectable<TicketTable>;

function performanceRow(row: Selectable<PerformanceTable> & { title: string }): PerformanceRow {
  return factsOf(row.id, row.title, settingsOf(row));
}

function ticketRow(row: Row): TicketRow {
  return { id: row.id, digest: row.digest as string, ...commonOf(row) };
}

function secureRowOf(row: Row, found: unknown): SecureRow {
  const key = found as { spki: Uint8Array } | undefined;
  return {
    id: row.id,
    handle: row.handle as string,
    ...commonOf(row),
    generation: row.generation,
    ...(key ? { key: Buffer.from(key.spki).toString('base64') } : {}),
    ...(row.burnt === null ? {} : { burnt: row.burnt }),
  };
}

function beaconRow(found: unknown): BeaconRow {
  const { slot, value } = found as { slot: number; value: Uint8Array };
  return { index: slot, value: toHex(value) };
}

/** What regular and secure rows have in common. */
function commonOf(row: Row) {
  return {
    performance: row.performance,
    status: row.status,
    uses: row.uses,
    used: row.used,
    inside: row.inside > 0,
    ...(row.inside > 1 ? { people: row.inside } : {}),
    ...(row.entrances === '[]' ? {} : { entrances: JSON.parse(row.entrances) }),
    ...(row.last_use_at === null || row.last_use_lane === null
      ? {}
      : { lastUse: { at: row.last_use_at, lane: row.last_use_lane } }),
    ...(row.recent_scans === '[]' ? {} : { scans: JSON.parse(row.recent_scans) }),
    ...(row.label === '{}' ? {} : { label: JSON.parse(row.label) }),
  };
}
