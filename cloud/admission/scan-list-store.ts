import { sql } from 'kysely';
import type { Store } from '../store/index.ts';
import { type Scan, scanOf } from './feed.ts';

const MINUTE_MS = 60_000;

export interface ScanFilter {
  readonly performance?: string | undefined;
  readonly gateway?: string | undefined;
  readonly lane?: string | undefined;
  /** Oldest first from after this number on; left out: the newest, newest first. */
  readonly after?: number | undefined;
  /** Newest first from before this number on. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export async function listScans(store: Store, filter: ScanFilter): Promise<Scan[]> {
  const { performance, gateway, lane, after, before, limit } = filter;
  let query = store.read.selectFrom('scans').selectAll().limit(limit);
  if (performance !== undefined) query = query.where('performance', '=', performance);
  if (gateway !== undefined) query = query.where('gateway', '=', gateway);
  if (lane !== undefined) query = query.where('lane', '=', lane);
  if (before !== undefined) query = query.where('n', '<', before);
  if (after !== undefined) query = query.where('n', '>', after);
  const rows = await query.orderBy('n', after === undefined ? 'desc' : 'asc').execute();
  return rows.map(scanOf);
}

/** Passages of one lane within one minute. */
export interface Admissions {
  /** Start of the minute, milliseconds since 1970. */
  readonly minute: number;
  readonly gateway: string;
  readonly lane: string;
  readonly entries: number;
  readonly exits: number;
}

/** Passages per minute and lane since a moment. */
export async function countAdmissions(
  store: Store,
  since: number,
  performance: string | undefined,
): Promise<Admissions[]> {
  const minute = sql<number>`result_at / ${sql.lit(MINUTE_MS)} * ${sql.lit(MINUTE_MS)}`;
  const passages = (direction: string) => sql<number>`sum(direction = ${sql.lit(direction)})`;
  let query = store.read
    .selectFrom('scans')
    .select(['gateway', 'lane', minute.as('minute')])
    .select([passages('entry').as('entries'), passages('exit').as('exits')])
    .where('result_at', '>=', since)
    .where('result', 'in', ['passed', 'late'])
    .groupBy([minute, 'gateway', 'lane'])
    .orderBy(minute);
  if (performance !== undefined) query = query.where('performance', '=', performance);
  return query.execute();
}
