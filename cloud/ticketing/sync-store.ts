import {
  type BeaconRow,
  type PerformanceRow,
  type SecureRow,
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

/**
 * Makes the function that answers a gateway's question for what changed. Cursor and rows are read
 * in one snapshot; rows come in the order of their changes, which is the order of commits.
 */
export function ticketPages(store: Store): (request: TicketsRequest) => TicketsPage {
  const begin = store.prepareRead('begin');
  const commit = store.prepareRead('commit');
  const counter = store.prepareRead(`select value from counters where name = 'change'`);
  const performances = store.prepareRead(
    `select p.*, productions.title from performances p
     join productions on productions.id = p.production order by p.starts`,
  );
  const tickets = store.prepareRead(
    `select * from tickets where change > ? and (kind = 'regular' or performance in
     (select id from performances where offline <> 'refuse')) order by change limit ?`,
  );
  const key = store.prepareRead('select spki from ticket_keys where ticket = ? and generation = ?');
  const beacons = store.prepareRead('select slot, value from beacons order by slot desc limit ?');
  const secureRow = (row: Row): SecureRow => secureRowOf(row, key.get(row.id, row.generation));
  const beaconRows = (isWanted: boolean) =>
    isWanted
      ? beacons
          .all(BEACONS_AHEAD + BEACONS_BACK)
          .map(beaconRow)
          .reverse()
      : [];
  return (request) => {
    begin.run();
    try {
      const { value: newest } = counter.get() as { value: number };
      // A cursor from the future is one of a database that was restored since: start over.
      const known = request.cursor !== null && request.cursor <= newest;
      const from = known ? request.cursor : null;
      const limit = Math.min(request.limit, SYNC_ROWS_MAX);
      const rows = tickets.all(from ?? 0, limit + 1) as unknown as Row[];
      const more = rows.length > limit;
      const page = more ? rows.slice(0, limit) : rows;
      const shows = performances.all().map((row) => performanceRow(row as never));
      return {
        requestId: request.requestId,
        from,
        cursor: more ? (page.at(-1)?.change ?? newest) : newest,
        more,
        performances: shows,
        tickets: page.filter(({ kind }) => kind === 'regular').map(ticketRow),
        secure: page.filter(({ kind }) => kind === 'secure').map(secureRow),
        beacons: beaconRows(shows.some(({ offline }) => offline === 'verify')),
      };
    } finally {
      commit.run();
    }
  };
}

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
    inside: row.inside === 1,
    ...(row.entrances === '[]' ? {} : { entrances: JSON.parse(row.entrances) }),
    ...(row.last_use_at === null || row.last_use_lane === null
      ? {}
      : { lastUse: { at: row.last_use_at, lane: row.last_use_lane } }),
    ...(row.recent_scans === '[]' ? {} : { scans: JSON.parse(row.recent_scans) }),
    ...(row.label === '{}' ? {} : { label: JSON.parse(row.label) }),
  };
}
