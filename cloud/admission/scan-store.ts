import type { Insertable, Selectable } from 'kysely';
import type { ScanResult, ScanTable, Store } from '../store/index.ts';

export type ScanRow = Selectable<ScanTable>;
export type NewScan = Required<
  Omit<Insertable<ScanTable>, 'n' | 'conflict' | 'result' | 'result_at'>
>;

/** What the validator reads and writes inside a batch of the store; all synchronous. */
export interface ScanStore {
  scan(gateway: string, scan: string): ScanRow | undefined;
  addScan(scan: NewScan): ScanRow;
  /** Puts in what the journal knows of a scan of which only the passage was known. */
  fillScan(n: number, scan: NewScan): ScanRow;
  endScan(n: number, end: { result: ScanResult; at: number; conflict: boolean }): ScanRow;
  /** Slot and time of the ticket's last code that was refused for its time, after `since`. */
  lastSkewed(ticket: string, since: number): { slot: number; at: number } | undefined;
  /** Keeps that a scan was passed, released or cancelled; false where that was known. */
  addFact(gateway: string, scan: string, kind: string, at: number): boolean;
  hasFact(gateway: string, scan: string, kind: string): boolean;
}

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
    addFact: (gateway, id, kind, at) => addFact.run(gateway, id, kind, at).changes === 1,
    hasFact: (gateway, id, kind) => hasFact.get(gateway, id, kind) !== undefined,
  };
}
