import { EntranceConfiguration } from '@gatehouse/provisioning';
import type { Kysely, Transaction } from 'kysely';
import { type Database, nextChange } from '../store/index.ts';

export interface ConfigCodeTable {
  id: string;
  /** SHA-256 of the claim, hex; the claim itself is only in the code. */
  claim: string;
  /** JSON of an EntranceConfiguration. */
  configuration: string;
  uses: number;
  used: number;
  expires: number;
  revoked: number | null;
  created: number;
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
  certificate_serial: string | null;
  certificate_ends: number | null;
  created: number;
  revoked: number | null;
  /** Cloud time of the last contact, to the hour; 0 for none. */
  heard: number;
  /** 1 where the gateways of its venue should count on it. */
  active: number;
}

export interface FleetTables {
  config_codes: ConfigCodeTable;
  gateways: GatewayTable;
}

type Db = Kysely<FleetTables>;

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

export function findConfigCode(db: Db, claim: string): Promise<ConfigCodeTable | undefined> {
  return db.selectFrom('config_codes').selectAll().where('claim', '=', claim).executeTakeFirst();
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

/** Writes down when a gateway was heard. @returns whether it is active only since now */
export function noteHeard(db: Db, id: string, now: number): Promise<boolean> {
  return db.transaction().execute(async (step) => {
    const { numUpdatedRows } = await step
      .updateTable('gateways')
      .set({ active: 1 })
      .where('id', '=', id)
      .where('active', '=', 0)
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
async function membersChanged(step: Transaction<FleetTables>): Promise<void> {
  await nextChange(step as unknown as Transaction<Database>);
}

export async function noteCertificate(
  db: Db,
  id: string,
  certificate: { serial: string; ends: number },
): Promise<void> {
  await db
    .updateTable('gateways')
    .set({ certificate_serial: certificate.serial, certificate_ends: certificate.ends })
    .where('id', '=', id)
    .execute();
}

/** What one device asks with one claim. */
export interface Asked {
  readonly claim: string;
  readonly keyDigest: string;
  readonly publicKey: Uint8Array;
  readonly hardware: string;
  readonly software: string;
}

export type Taken =
  | { readonly gateway: GatewayTable; readonly isNew: boolean }
  | {
      readonly refused:
        | 'claim-unknown'
        | 'claim-revoked'
        | 'claim-expired'
        | 'claim-used-up'
        | 'gateway-revoked';
    };

/**
 * Gives a device its gateway, in one transaction: the one it already has by this claim, whatever
 * became of the code since, or a new one that counts as a use.
 * @param newId the id of a new gateway
 */
export function takeUse(db: Db, asked: Asked, newId: string, now: number): Promise<Taken> {
  return db.transaction().execute(async (step) => {
    // The update locks the code's row: two devices at once cannot both take the last use.
    await step
      .updateTable('config_codes')
      .set(({ ref }) => ({ used: ref('used') }))
      .where('claim', '=', asked.claim)
      .execute();
    const code = await findConfigCode(step, asked.claim);
    if (code === undefined) return { refused: 'claim-unknown' };
    const known = await step
      .selectFrom('gateways')
      .selectAll()
      .where('config_code', '=', code.id)
      .where('key_digest', '=', asked.keyDigest)
      .executeTakeFirst();
    if (known?.revoked != null) return { refused: 'gateway-revoked' };
    if (known !== undefined) return { gateway: known, isNew: false };
    if (code.revoked !== null) return { refused: 'claim-revoked' };
    if (code.expires <= now) return { refused: 'claim-expired' };
    if (code.used >= code.uses) return { refused: 'claim-used-up' };
    return { gateway: await insertGateway(step, code, asked, { id: newId, now }), isNew: true };
  });
}

async function insertGateway(
  step: Transaction<FleetTables>,
  code: ConfigCodeTable,
  asked: Asked,
  { id, now }: { id: string; now: number },
): Promise<GatewayTable> {
  const configuration = EntranceConfiguration.parse(JSON.parse(code.configuration));
  const { name, venue, entrance } = configuration;
  // A code may enrol many gateways; what happened at one lane must not be taken for another's.
  const lanes = configuration.lanes.map((lane) => ({ ...lane, lane: `${id}.${lane.lane}` }));
  const row: GatewayTable = {
    id,
    config_code: code.id,
    key_digest: asked.keyDigest,
    public_key: asked.publicKey,
    name,
    venue,
    entrance,
    configuration: JSON.stringify({ ...configuration, lanes }),
    hardware: asked.hardware,
    software: asked.software,
    certificate_serial: null,
    certificate_ends: null,
    created: now,
    revoked: null,
    heard: now,
    active: 1,
  };
  await step.insertInto('gateways').values(row).execute();
  await membersChanged(step);
  await step
    .updateTable('config_codes')
    .set({ used: code.used + 1 })
    .where('id', '=', code.id)
    .execute();
  return row;
}
