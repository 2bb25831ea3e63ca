import type { Insertable, Selectable } from 'kysely';
import type { GrantTable, ScanResult, ScanTable, Store } from '../store/index.ts';

export type ScanRow = Selectable<ScanTable>;
export type GrantRow = Selectable<GrantTable>;
export type NewScan = Required<
  Omit<Insertable<ScanTable>, 'n' | 'conflict' | 'result' | 'result_at'>
>;
export type NewGrant = Required<Omit<Insertable<GrantTable>, 'unsettled'>>;

/** What the validator reads and writes inside a batch of the store; all synchronous. */
export interface ScanStore {
  scan(gateway: string, scan: string): ScanRow | undefined;
  addScan(scan: NewScan): ScanRow;
  /** Puts in what the journal knows of a scan of which only the passage was known. */
  fillScan(n: number, scan: NewScan): ScanRow;
  endScan(n: number, end: { result: ScanResult; at: number; conflict: boolean }): ScanRow;
  /** Slot and time of the ticket's last code that was refused for its time, after `since`. */
  lastSkewed(ticket: string, since: number): { slot: number; at: number } | undefined;
  grant(gateway: string, scan: string): GrantRow | undefined;
  addGrant(grant: NewGrant): void;
  endGrant(gateway: string, scan: string): void;
  unsettleGrant(gateway: string, scan: string): void;
  /** Entry grants of a ticket that have not ended. */
  openGrants(ticket: string): GrantRow[];
  countGrants(performance: string): number;
  /** Keeps that a scan was passed, released or cancelled; false where that was known. */
  addFact(gateway: string, scan: string, kind: string, at: number): boolean;
  hasFact(gateway: string, scan: string, kind: string): boolean;
}

const GRANT = 'from grants where gateway = ? and scan = ?';

export function createScanStore(store: Store): ScanStore {
  const scan = store.prepare('select * from scans where gateway = ? and scan = ?');
  const addScan = store.prepare(
    `insert into scans (gateway, scan, lane, direction, performance, ticket, decided_by, verdict,
     details, answer, slot, at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning *`,
  );
  const fillScan = store.prepare(
    `update scans set performance = coalesce(performance, ?), ticket = coalesce(ticket, ?),
     decided_by = ?, verdict = ?, details = ?, slot = coalesce(slot, ?), at = ?
     where n = ? returning *`,
  );
  const endScan = store.prepare(
    `update scans set result = ?, result_at = ?, conflict = max(conflict, ?)
     where n = ? returning *`,
  );
  const skewed = store.prepare(
    `select slot, at from scans where ticket = ? and at > ?
     and verdict in ('expired-code', 'clock-skew') order by n desc limit 1`,
  );
  const grant = store.prepare(`select * ${GRANT}`);
  const addGrant = store.prepare(
    `insert into grants (gateway, scan, lane, direction, ticket, performance, slot, passage_ms,
     granted) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const endGrant = store.prepare(`delete ${GRANT}`);
  const unsettle = store.prepare('update grants set unsettled = 1 where gateway = ? and scan = ?');
  const openGrants = store.prepare(
    `select * from grants where ticket = ? and direction = 'entry' order by granted`,
  );
  const countGrants = store.prepare(
    `select count(*) as open from grants where performance = ? and direction = 'entry'`,
  );
  const addFact = store.prepare(
    'insert into scan_facts (gateway, scan, kind, at) values (?, ?, ?, ?) on conflict do nothing',
  );
  const hasFact = store.prepare(
    'select 1 from scan_facts where gateway = ? and scan = ? and kind = ?',
  );
  return {
    scan: (gateway, id) => scan.get(gateway, id) as ScanRow | undefined,
    addScan: (row) =>
      addScan.get(
        row.gateway,
        row.scan,
        row.lane,
        row.direction,
        row.performance,
        row.ticket,
        row.decided_by,
        row.verdict,
        row.details,
        row.answer,
        row.slot,
        row.at,
      ) as unknown as ScanRow,
    fillScan: (n, row) =>
      fillScan.get(
        row.performance,
        row.ticket,
        row.decided_by,
        row.verdict,
        row.details,
        row.slot,
        row.at,
        n,
      ) as unknown as ScanRow,
    endScan: (n, { result, at, conflict }) =>
      endScan.get(result, at, conflict ? 1 : 0, n) as unknown as ScanRow,
    lastSkewed: (ticket, since) =>
      skewed.get(ticket, since) as { slot: number; at: number } | undefined,
    grant: (gateway, id) => grant.get(gateway, id) as GrantRow | undefined,
    addGrant: (row) => {
      const { gateway, lane, direction, ticket, performance, slot, passage_ms, granted } = row;
      addGrant.run(
        gateway,
        row.scan,
        lane,
        direction,
        ticket,
        performance,
        slot,
        passage_ms,
        granted,
      );
    },
    endGrant: (gateway, id) => void endGrant.run(gateway, id),
    unsettleGrant: (gateway, id) => void unsettle.run(gateway, id),
    openGrants: (ticket) => openGrants.all(ticket) as unknown as GrantRow[],
    countGrants: (performance) => (countGrants.get(performance) as { open: number }).open,
    addFact: (gateway, id, kind, at) => addFact.run(gateway, id, kind, at).changes === 1,
    hasFact: (gateway, id, kind) => hasFact.get(gateway, id, kind) !== undefined,
  };
}
