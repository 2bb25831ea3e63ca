import type { Moment } from '@gatehouse/protocol';
import { sql } from 'kysely';
import type { Parked } from '../admission/index.ts';
import type { Store } from '../store/index.ts';

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
}

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
  return query.execute();
}
