import type { PerformanceRow, TicketRow, TicketsPage, TicketsRequest } from '@gatehouse/protocol';
import type { Selectable } from 'kysely';
import type { PerformanceTable, Store, TicketTable } from '../store/index.ts';
import { factsOf } from './performance.ts';
import { settingsOf } from './performance-store.ts';

/** Rows of one page, whatever was asked for: so that no page holds up the scans beside it. */
export const SYNC_ROWS_MAX = 5_000;

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
    `select * from tickets where change > ? and kind = 'regular' order by change limit ?`,
  );
  return (request) => {
    begin.run();
    try {
      const { value: newest } = counter.get() as { value: number };
      // A cursor from the future is one of a database that was restored since: start over.
      const known = request.cursor !== null && request.cursor <= newest;
      const from = known ? request.cursor : null;
      const limit = Math.min(request.limit, SYNC_ROWS_MAX);
      const rows = tickets.all(from ?? 0, limit + 1) as unknown as Selectable<TicketTable>[];
      const more = rows.length > limit;
      const page = more ? rows.slice(0, limit) : rows;
      return {
        requestId: request.requestId,
        from,
        cursor: more ? (page.at(-1)?.change ?? newest) : newest,
        more,
        performances: performances.all().map((row) => performanceRow(row as never)),
        tickets: page.map(ticketRow),
      };
    } finally {
      commit.run();
    }
  };
}

function performanceRow(row: Selectable<PerformanceTable> & { title: string }): PerformanceRow {
  return factsOf(row.id, row.title, settingsOf(row));
}

function ticketRow(row: Selectable<TicketTable>): TicketRow {
  return {
    id: row.id,
    digest: row.digest as string,
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
