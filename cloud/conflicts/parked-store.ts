import type { Moment } from '@gatehouse/protocol';
import { type ExpressionBuilder, sql } from 'kysely';
import type { Parked } from '../admission/index.ts';
import type { Database, Store } from '../store/index.ts';

/** A journal row that was set aside, as the API gives it. */
export interface ParkedRow {
  readonly gateway: string;
  readonly epoch: string;
  readonly seq: number;
  readonly digest: string;
  readonly reason: Parked;
  readonly received: Moment;
  /** What the gateway sent, word for word. */
  readonly body: string;
  /** Of a fork, the row that counts at the same place; `null` where that one is lost. */
  readonly other: { readonly digest: string; readonly received: Moment } | null;
}

/** Rows that a gateway has lost, by its own word. */
export interface GapRow {
  readonly gateway: string;
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
  readonly why: string;
  readonly at: Moment;
  readonly received: Moment;
}

/** Two machines that run as one gateway. */
export interface CloneRow {
  readonly gateway: string;
  readonly one: string;
  readonly other: string;
  readonly evidence: 'journal' | 'heartbeat';
  readonly found: Moment;
  readonly latest: Moment;
}

/** Gaps and clones that are listed: the newest. */
const FINDINGS_MAX = 100;

export interface ParkedFilter {
  readonly gateway?: string | undefined;
  /** Rows to pass over. */
  readonly offset: number;
  readonly limit: number;
}

/** Rows that were set aside, newest first. */
export async function listParked(store: Store, filter: ParkedFilter): Promise<ParkedRow[]> {
  let query = store.read
    .selectFrom('journal')
    .select(['gateway', 'epoch', 'seq', 'digest', 'received', 'body'])
    .select((row) => counting(row, 'digest').as('otherDigest'))
    .select((row) => counting(row, 'received').as('otherReceived'))
    .select(sql<Parked>`parked`.as('reason'))
    .where('parked', 'is not', null)
    .orderBy('received', 'desc')
    .orderBy('gateway')
    .orderBy('epoch')
    .orderBy('seq', 'desc')
    .orderBy('digest')
    .limit(filter.limit)
    .offset(filter.offset);
  if (filter.gateway !== undefined) query = query.where('gateway', '=', filter.gateway);
  const rows = await query.execute();
  return rows.map(({ otherDigest: digest, otherReceived: received, ...row }) => ({
    ...row,
    other: digest === null || received === null ? null : { digest, received },
  }));
}

/** A column of the row that counts at the place of a fork. */
function counting<C extends 'digest' | 'received'>(
  row: ExpressionBuilder<Database, 'journal'>,
  column: C,
) {
  return row
    .selectFrom('journal as other')
    .select(`other.${column} as ${column}`)
    .whereRef('other.gateway', '=', 'journal.gateway')
    .whereRef('other.epoch', '=', 'journal.epoch')
    .whereRef('other.seq', '=', 'journal.seq')
    .where('journal.parked', '=', 'fork')
    .where((one) => one.or([one('other.parked', 'is', null), one('other.parked', '<>', 'fork')]))
    .orderBy('other.received')
    .limit(1);
}

/** What gateways say that they have lost, newest first. */
export function listGaps(store: Store, gateway?: string): Promise<GapRow[]> {
  let query = store.read
    .selectFrom('journal_gaps')
    .select(['gateway', 'epoch', 'from_seq as from', 'to_seq as to', 'why', 'at', 'received'])
    .orderBy('received', 'desc')
    .orderBy('gateway')
    .orderBy('epoch')
    .orderBy('from_seq')
    .limit(FINDINGS_MAX);
  if (gateway !== undefined) query = query.where('gateway', '=', gateway);
  return query.execute();
}

/** Gateways that run twice, the latest sign first. */
export function listClones(store: Store, gateway?: string): Promise<CloneRow[]> {
  let query = store.read
    .selectFrom('gateway_clones')
    .selectAll()
    .orderBy('latest', 'desc')
    .orderBy('gateway')
    .orderBy('one')
    .orderBy('other')
    .limit(FINDINGS_MAX);
  if (gateway !== undefined) query = query.where('gateway', '=', gateway);
  return query.execute();
}
