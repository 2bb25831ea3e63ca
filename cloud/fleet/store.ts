import type { Kysely, Transaction } from 'kysely';
import { type Database, nextChange } from '../store/index.ts';

export interface ConfigCodeTable {
  id: string;
  /** SHA-256 of the claim, hex; the claim itself is only in the code. */
  claim: string;
  /** JSON of an EntranceConfiguration. */
  configuration: string;
  uses: number;
  /** Gateways that have connected; those that only have a place are not among them. */
  used: number;
  expires: number;
  revoked: number | null;
  created: number;
  /** SHA-256 of the claim that its typed code stands for, hex. */
  typed: string | null;
  /** Gateways that come before then need no acceptance. */
  waive_until: number | null;
}

export interface GatewayTable {
  id: string;
  config_code: string;
  /** SHA-256 of `public_key`, hex. */
  key_digest: string;
  /** SubjectPublicKeyInfo, DER. */
  public_key: Uint8Array;
  name: string;
  venue: string;
  entrance: string;
  /** JSON of an EntranceConfiguration. */
  configuration: string;
  hardware: string;
  software: string;
  /** Lower-case hex. */
  certificate_serial: string | null;
  certificate_ends: number | null;
  /** The certificate that takes over once it has connected with it. */
  next_serial: string | null;
  next_ends: number | null;
  created: number;
  revoked: number | null;
  /** Cloud time of the last contact, to the hour; 0 for none. */
  heard: number;
  /** 1 where the gateways of its venue should count on it. */
  active: number;
  /** Until when a use of its code is kept for it; null once it has come. */
  reserved_until: number | null;
  /** When it first connected. */
  activated: number | null;
  /** When its key was compared; until then it gets no tickets and no neighbours. */
  accepted: number | null;
  accepted_by: string | null;
  /** Version of the configuration that it runs; 0 where it has said nothing. */
  applied: number;
  refused: number | null;
  refused_code: string | null;
  refused_fault: string | null;
}

export interface FleetTables {
  config_codes: ConfigCodeTable;
  gateways: GatewayTable;
}

export type Db = Kysely<FleetTables>;

/** The fleet's own view of the cloud's database. */
export function fleetTablesOf(db: Kysely<Database>): Db {
  return db as unknown as Db;
}

export async function insertConfigCode(db: Db, row: ConfigCodeTable): Promise<void> {
  await db.insertInto('config_codes').values(row).execute();
}

export function listConfigCodes(db: Db): Promise<ConfigCodeTable[]> {
  return db.selectFrom('config_codes').selectAll().orderBy('created').orderBy('id').execute();
}

/** @param claim SHA-256 of a claim, hex; that of the QR or that of the typed code */
export function findConfigCode(db: Db, claim: string): Promise<ConfigCodeTable | undefined> {
  return db
    .selectFrom('config_codes')
    .selectAll()
    .where(({ eb, or }) => or([eb('claim', '=', claim), eb('typed', '=', claim)]))
    .executeTakeFirst();
}

/** `false` where there is no such code. */
export async function revokeConfigCode(db: Db, id: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('config_codes')
    .set(({ fn, val }) => ({ revoked: fn.coalesce('revoked', val(now)) }))
    .where('id', '=', id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export function findGateway(db: Db, id: string): Promise<GatewayTable | undefined> {
  return db.selectFrom('gateways').selectAll().where('id', '=', id).executeTakeFirst();
}

export function listGateways(db: Db): Promise<GatewayTable[]> {
  return db.selectFrom('gateways').selectAll().orderBy('created').orderBy('id').execute();
}

/** `undefined` where there is no such gateway; otherwise whether it was revoked only now. */
export function revokeGateway(db: Db, id: string, now: number): Promise<boolean | undefined> {
  return db.transaction().execute(async (step) => {
    const { numUpdatedRows } = await step
      .updateTable('gateways')
      .set({ revoked: now })
      .where('id', '=', id)
      .where('revoked', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows > 0n) {
      await membersChanged(step);
      return true;
    }
    const known = await step.selectFrom('gateways').select('id').where('id', '=', id).execute();
    return known.length > 0 ? false : undefined;
  });
}

/**
 * Whether its key was accepted only now.
 * @returns `undefined` where there is no such gateway, or it is revoked
 */
export function acceptGateway(
  db: Db,
  id: string,
  { by, now }: { by: string; now: number },
): Promise<boolean | undefined> {
  return db.transaction().execute(async (step) => {
    const { numUpdatedRows } = await step
      .updateTable('gateways')
      .set({ accepted: now, accepted_by: by })
      .where('id', '=', id)
      .where('accepted', 'is', null)
      .where('revoked', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows > 0n) {
      await membersChanged(step);
      return true;
    }
    const known = await findGateway(step, id);
    return known === undefined || known.revoked !== null ? undefined : false;
  });
}

/** Writes down when a gateway was heard. @returns whether it is active only since now */
export function noteHeard(db: Db, id: string, now: number): Promise<boolean> {
  return db.transaction().execute(async (step) => {
    const { numUpdatedRows } = await step
      .updateTable('gateways')
      .set({ active: 1 })
      .where('id', '=', id)
      .where('active', '=', 0)
      .where('activated', 'is not', null)
      .where('revoked', 'is', null)
      .executeTakeFirst();
    await step.updateTable('gateways').set({ heard: now }).where('id', '=', id).execute();
    const isNews = numUpdatedRows > 0n;
    if (isNews) await membersChanged(step);
    return isNews;
  });
}

/** Counts on no gateway any more that was last heard before `until`. @returns whether there was */
export function noteSilent(db: Db, until: number): Promise<boolean> {
  return db.transaction().execute(async (step) => {
    const { numUpdatedRows } = await step
      .updateTable('gateways')
      .set({ active: 0 })
      .where('active', '=', 1)
      .where('heard', '<', until)
      .executeTakeFirst();
    const isNews = numUpdatedRows > 0n;
    if (isNews) await membersChanged(step);
    return isNews;
  });
}

/** Members are numbered like all else that gateways learn of. */
export async function membersChanged(step: Transaction<FleetTables>): Promise<void> {
  await nextChange(step as unknown as Transaction<Database>);
}

/** Gateways that ran as two machines since a moment. */
export async function clonedSince(db: Kysely<Database>, moment: number): Promise<string[]> {
  const rows = await db
    .selectFrom('gateway_clones')
    .select('gateway')
    .distinct()
    .where('latest', '>', moment)
    .execute();
  return rows.map(({ gateway }) => gateway);
}
