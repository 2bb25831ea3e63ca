import type { Insertable, Selectable } from 'kysely';
import type { ScanResult, ScanTable, Store } from '../store/index.ts';
import type { TimedPassage } from './passage.ts';
import type { PassageTime } from './watch.ts';

export type ScanRow = Selectable<ScanTable>;
export type NewScan = Required<
  Omit<
    Insertable<ScanTable>,
    'n' | 'conflict' | 'result' | 'result_at' | PassageColumn | PeersColumn
  >
>;
type PassageColumn = 'change' | 'uncertainty' | 'quality' | 'boot' | 'mono' | 'epoch' | 'seq';
type PeersColumn = 'split' | 'unconfirmed' | 'heard';

/** A passage as it is written into its scan. */
export interface ScanPassage {
  readonly result: 'passed' | 'late';
  readonly time: PassageTime;
  /** The ticket change that it made, if it made one. */
  readonly change: number | null;
  /** What it is about, where the scan did not say. */
  readonly ticket: string | null;
  readonly performance: string | null;
  readonly slot: number | null;
}

/** How a scan ended, by itself; `at` and `received` are cloud time. */
export interface ScanFact {
  readonly gateway: string;
  readonly scan: string;
  readonly kind: 'passed' | 'released' | 'cancel';
  readonly at: number;
  readonly received: number;
}

/** What a lane knew of the other gateways of its venue when it decided. */
export interface HeardPeers {
  readonly split: boolean;
  readonly unconfirmed: boolean;
  /** By gateway: the last row of its journal that was known. */
  readonly heard: Readonly<Record<string, { epoch: string; seq: number }>> | undefined;
}

/** What the validator reads and writes inside a batch of the store; all synchronous. */
export interface ScanStore {
  scan(gateway: string, scan: string): ScanRow | undefined;
  addScan(scan: NewScan): ScanRow;
  /** Puts in what the journal knows of a scan of which only the passage was known. */
  fillScan(n: number, scan: NewScan): ScanRow;
  endScan(n: number, end: { result: ScanResult; at: number }): ScanRow;
  passScan(n: number, passage: ScanPassage): ScanRow;
  /** Marks a passage that the ticket was not good for. */
  flagScan(n: number): ScanRow;
  /** Marks an admission whose proof does not stand, with the reason. */
  doubtScan(n: number, reason: string): ScanRow;
  /** Puts in what its lane had heard of the other gateways; `undefined` for an unknown scan. */
  noteHeard(gateway: string, scan: string, heard: HeardPeers): ScanRow | undefined;
  /** Puts in which row of its gateway's journal says that somebody passed. */
  placePassage(
    gateway: string,
    scan: string,
    row: { epoch: string; seq: number },
  ): ScanRow | undefined;
  /** All that have passed on a ticket. */
  passagesOf(ticket: string): TimedPassage[];
  /** Slot and time of the ticket's last code that was refused for its time, after `since`. */
  lastSkewed(ticket: string, since: number): { slot: number; at: number } | undefined;
  /** Keeps that a scan was passed, released or cancelled; false where that was known. */
  addFact(fact: ScanFact): boolean;
  hasFact(gateway: string, scan: string, kind: string): boolean;
}

export function createScanStore(store: Store): ScanStore {
  const scan = store.prepare('select * from scans where gateway = ? and scan = ?');
  const addScan = store.prepare(
    `insert into scans (gateway, scan, lane, direction, performance, ticket, decided_by, verdict,
     details, answer, slot, at, received, cursor, generation)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning *`,
  );
  const fillScan = store.prepare(
    `update scans set performance = coalesce(performance, ?), ticket = coalesce(ticket, ?),
     decided_by = ?, verdict = ?, details = ?, slot = coalesce(slot, ?), at = ?,
     cursor = coalesce(cursor, ?), generation = coalesce(generation, ?) where n = ? returning *`,
  );
  const endScan = store.prepare(
    'update scans set result = ?, result_at = ? where n = ? returning *',
  );
  const passScan = store.prepare(
    `update scans set result = ?, result_at = ?, uncertainty = ?, quality = ?, boot = ?, mono = ?,
     change = ?, ticket = coalesce(ticket, ?), performance = coalesce(performance, ?),
     slot = coalesce(slot, ?) where n = ? returning *`,
  );
  const flagScan = store.prepare('update scans set conflict = 1 where n = ? returning *');
  const doubtScan = store.prepare(
    `update scans set conflict = 1, details = json_set(details, '$.reason', ?)
     where n = ? returning *`,
  );
  const noteHeard = store.prepare(
    `update scans set split = ?, unconfirmed = ?, heard = ? where gateway = ? and scan = ?
     returning *`,
  );
  const placePassage = store.prepare(
    'update scans set epoch = ?, seq = ? where gateway = ? and scan = ? returning *',
  );
  const passages = store.prepare(
    `select gateway, direction, result_at as at, received, quality, boot, mono from scans
     where ticket = ? and result in ('passed', 'late') order by n`,
  );
  const skewed = store.prepare(
    `select slot, at from scans where ticket = ? and at > ?
     and verdict in ('expired-code', 'clock-skew') order by n desc limit 1`,
  );
  const addFact = store.prepare(
    `insert into scan_facts (gateway, scan, kind, at, received) values (?, ?, ?, ?, ?)
     on conflict do nothing`,
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
        row.received,
        row.cursor,
        row.generation,
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
        row.cursor,
        row.generation,
        n,
      ) as unknown as ScanRow,
    endScan: (n, { result, at }) => endScan.get(result, at, n) as unknown as ScanRow,
    passScan(n, { result, time, change, ticket, performance, slot }) {
      const { at, uncertainty, quality, boot, mono } = time;
      const known = [at, uncertainty, quality, boot, mono, change, ticket, performance, slot];
      return passScan.get(result, ...known, n) as unknown as ScanRow;
    },
    flagScan: (n) => flagScan.get(n) as unknown as ScanRow,
    doubtScan: (n, reason) => doubtScan.get(reason, n) as unknown as ScanRow,
    noteHeard(gateway, id, { split, unconfirmed, heard }) {
      const text = heard === undefined ? null : JSON.stringify(heard);
      const known = [Number(split), Number(unconfirmed), text];
      return noteHeard.get(...known, gateway, id) as ScanRow | undefined;
    },
    placePassage: (gateway, id, { epoch, seq }) =>
      placePassage.get(epoch, seq, gateway, id) as ScanRow | undefined,
    passagesOf: (ticket) => passages.all(ticket) as unknown as TimedPassage[],
    lastSkewed: (ticket, since) =>
      skewed.get(ticket, since) as { slot: number; at: number } | undefined,
    addFact: ({ gateway, scan: id, kind, at, received }) =>
      addFact.run(gateway, id, kind, at, received).changes === 1,
    hasFact: (gateway, id, kind) => hasFact.get(gateway, id, kind) !== undefined,
  };
}
