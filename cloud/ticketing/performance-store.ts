import type { Moment } from '@gatehouse/protocol';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Also } from '../change-log.ts';
import { type Database, nextChange, type PerformanceTable, type Store } from '../store/index.ts';
import { ticketingError } from './errors.ts';
import { checkTimes, type PerformanceSettings, windowOf } from './performance.ts';

export interface Production {
  readonly id: string;
  readonly title: string;
  readonly created: Moment;
}

/** A performance as the API gives it: settings with the window filled in. */
export interface Performance extends PerformanceSettings {
  readonly id: string;
  readonly title: string;
  readonly opens: Moment;
  readonly closes: Moment;
  /** People inside by committed passages. */
  readonly inside: number;
  readonly created: Moment;
}

export interface PerformanceCounts {
  readonly tickets: number;
  readonly used: number;
}

type Row = Selectable<PerformanceTable> & { title: string };
type Reader = Kysely<Database> | Transaction<Database>;

export async function addProduction(store: Store, production: Production): Promise<void> {
  await store.db.insertInto('productions').values(production).execute();
}

/**
 * Gives a production another title; doors hear of it with all its performances.
 * @throws GatehouseError `production-unknown`
 */
export async function changeProduction(
  store: Store,
  id: string,
  title: string,
  also?: Also<string>,
): Promise<Production> {
  return store.db.transaction().execute(async (step) => {
    const old = await step
      .selectFrom('productions')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (!old) throw ticketingError('production-unknown', { id });
    await step.updateTable('productions').set({ title }).where('id', '=', id).execute();
    await nextChange(step);
    also?.(old.title, title);
    return { ...old, title };
  });
}

export async function listProductions(store: Store): Promise<Production[]> {
  return store.read.selectFrom('productions').selectAll().orderBy('created').execute();
}

/** @throws GatehouseError `production-unknown`, `performance-times-invalid` */
export async function addPerformance(
  store: Store,
  id: string,
  settings: PerformanceSettings,
  created: Moment,
  also?: (id: string) => void,
): Promise<Performance> {
  checkTimes(settings);
  return store.db.transaction().execute(async (step) => {
    await needProduction(step, settings.production);
    await step
      .insertInto('performances')
      .values({ id, created, ...columnsOf(settings) })
      .execute();
    await nextChange(step);
    also?.(id);
    return needPerformance(step, id);
  });
}

/** @throws GatehouseError `performance-unknown`, `production-unknown`, … as when added */
export async function changePerformance(
  store: Store,
  id: string,
  changes: Partial<PerformanceSettings>,
  also?: Also<PerformanceSettings>,
): Promise<Performance> {
  return store.db.transaction().execute(async (step) => {
    const row = await rowOf(step, id);
    if (!row) throw ticketingError('performance-unknown', { id });
    const old = settingsOf(row);
    const settings = { ...old, ...changes };
    checkTimes(settings);
    await needProduction(step, settings.production);
    if (settings.secure !== (row.secure === 1)) await needNoTickets(step, id);
    await step.updateTable('performances').set(columnsOf(settings)).where('id', '=', id).execute();
    await nextChange(step);
    also?.(old, settings);
    if (row.offline === 'refuse' && settings.offline !== 'refuse') await sendSecure(step, id);
    return needPerformance(step, id);
  });
}

/** Secure tickets that gateways did not have to know so far become changes that they hear of. */
async function sendSecure(step: Transaction<Database>, performance: string): Promise<void> {
  const { count } = await step
    .selectFrom('tickets')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('performance', '=', performance)
    .where('kind', '=', 'secure')
    .executeTakeFirstOrThrow();
  if (count === 0) return;
  const before = (await nextChange(step, count)) - count;
  await sql`update tickets set change = ${before} + numbered.n from (
      select id, row_number() over (order by id) as n from tickets
      where performance = ${performance} and kind = 'secure'
    ) as numbered where numbered.id = tickets.id`.execute(step);
}

export async function listPerformances(store: Store): Promise<Performance[]> {
  const rows = await query(store.read).orderBy('performances.starts').execute();
  return rows.map(performanceOf);
}

/** @throws GatehouseError `performance-unknown` */
export async function findPerformance(store: Store, id: string): Promise<Performance> {
  return needPerformance(store.read, id);
}

export async function countTickets(store: Store, id: string): Promise<PerformanceCounts> {
  const row = await store.read
    .selectFrom('tickets')
    .select(({ fn }) => [fn.countAll<number>().as('tickets'), fn.sum<number>('used').as('used')])
    .where('performance', '=', id)
    .where('replaced_by', 'is', null)
    .executeTakeFirstOrThrow();
  return { tickets: row.tickets, used: row.used ?? 0 };
}

export async function needPerformance(reader: Reader, id: string): Promise<Performance> {
  const row = await rowOf(reader, id);
  if (!row) throw ticketingError('performance-unknown', { id });
  return performanceOf(row);
}

async function needProduction(reader: Reader, id: string): Promise<void> {
  const row = await reader
    .selectFrom('productions')
    .select('id')
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw ticketingError('production-unknown', { id });
}

async function needNoTickets(reader: Reader, performance: string): Promise<void> {
  const row = await reader
    .selectFrom('tickets')
    .select('id')
    .where('performance', '=', performance)
    .limit(1)
    .executeTakeFirst();
  if (row) throw ticketingError('performance-has-tickets');
}

function query(reader: Reader) {
  return reader
    .selectFrom('performances')
    .innerJoin('productions', 'productions.id', 'performances.production')
    .selectAll('performances')
    .select('productions.title');
}

async function rowOf(reader: Reader, id: string): Promise<Row | undefined> {
  return query(reader).where('performances.id', '=', id).executeTakeFirst();
}

function performanceOf(row: Row): Performance {
  const settings = settingsOf(row);
  return {
    id: row.id,
    title: row.title,
    ...settings,
    ...windowOf(settings),
    inside: row.inside,
    created: row.created,
  };
}

export function settingsOf(row: Selectable<PerformanceTable>): PerformanceSettings {
  return {
    production: row.production,
    hall: row.hall,
    starts: row.starts,
    ends: row.ends,
    opens: row.opens,
    closes: row.closes,
    secure: row.secure === 1,
    reEntry: row.re_entry === 1,
    capacity: row.capacity,
    offline: row.offline,
    offlineCap: row.offline_cap,
    stalePhone: row.stale_phone,
  };
}

function columnsOf(settings: PerformanceSettings) {
  const { reEntry, stalePhone, secure, offlineCap, ...same } = settings;
  return {
    ...same,
    secure: secure ? 1 : 0,
    re_entry: reEntry ? 1 : 0,
    stale_phone: stalePhone,
    offline_cap: offlineCap,
  };
}
