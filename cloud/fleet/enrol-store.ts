import { EntranceConfiguration } from '@gatehouse/provisioning';
import type { Transaction } from 'kysely';
import {
  type ConfigCodeTable,
  type Db,
  type FleetTables,
  findConfigCode,
  findGateway,
  type GatewayTable,
  membersChanged,
} from './store.ts';

/** A use of a code is kept so long for a device that has claimed it and not connected yet. */
export const RESERVATION_MS = 15 * 60_000;

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

/** Whether a use is still kept for it, or it has come. */
export function hasPlace(
  { activated, reserved_until }: Pick<GatewayTable, 'activated' | 'reserved_until'>,
  now: number,
): boolean {
  return activated !== null || (reserved_until !== null && now < reserved_until);
}

/**
 * Gives a device its gateway, in one transaction: the one it already has by this claim, whatever
 * became of the code since, or a new one, for which it keeps a use.
 * @param newId the id of a new gateway
 */
export function reserveUse(db: Db, asked: Asked, newId: string, now: number): Promise<Taken> {
  return db.transaction().execute(async (step) => {
    // The update locks the code's row: two devices at once cannot both take the last use.
    await step
      .updateTable('config_codes')
      .set(({ ref }) => ({ used: ref('used') }))
      .where(({ eb, or }) => or([eb('claim', '=', asked.claim), eb('typed', '=', asked.claim)]))
      .execute();
    const code = await findConfigCode(step, asked.claim);
    if (code === undefined) return { refused: 'claim-unknown' };
    const all = await step
      .selectFrom('gateways')
      .selectAll()
      .where('config_code', '=', code.id)
      .execute();
    const known = all.find(({ key_digest }) => key_digest === asked.keyDigest);
    if (known?.revoked != null) return { refused: 'gateway-revoked' };
    if (known !== undefined && hasPlace(known, now)) return { gateway: known, isNew: false };
    if (code.revoked !== null) return { refused: 'claim-revoked' };
    if (code.expires <= now) return { refused: 'claim-expired' };
    const kept = all.filter((row) => row.activated === null && hasPlace(row, now)).length;
    if (code.used + kept >= code.uses) return { refused: 'claim-used-up' };
    const place = placeOf(code, now);
    if (known === undefined) {
      return { gateway: await insertGateway(step, code, asked, { id: newId, place }), isNew: true };
    }
    await step.updateTable('gateways').set(place).where('id', '=', known.id).execute();
    return { gateway: { ...known, ...place }, isNew: true };
  });
}

/** A new place; whatever certificate there was before is void. */
function placeOf(code: ConfigCodeTable, now: number) {
  const isWaived = code.waive_until !== null && now < code.waive_until;
  return {
    ...{ created: now, reserved_until: now + RESERVATION_MS },
    ...{ certificate_serial: null, certificate_ends: null, next_serial: null, next_ends: null },
    ...{ accepted: isWaived ? now : null, accepted_by: null },
  };
}

async function insertGateway(
  step: Transaction<FleetTables>,
  code: ConfigCodeTable,
  asked: Asked,
  { id, place }: { id: string; place: ReturnType<typeof placeOf> },
): Promise<GatewayTable> {
  const configuration = EntranceConfiguration.parse(JSON.parse(code.configuration));
  const { name, venue, entrance } = configuration;
  // A code may enrol many gateways; what happened at one lane must not be taken for another's.
  const lanes = configuration.lanes.map((lane) => ({ ...lane, lane: `${id}.${lane.lane}` }));
  const row: GatewayTable = {
    ...{ id, config_code: code.id, name, venue, entrance },
    ...{ key_digest: asked.keyDigest, public_key: asked.publicKey },
    configuration: JSON.stringify({ ...configuration, lanes }),
    ...{ hardware: asked.hardware, software: asked.software },
    ...{ revoked: null, heard: 0, active: 0, activated: null, ...place },
    ...{ applied: 0, refused: null, refused_code: null, refused_fault: null },
  };
  await step.insertInto('gateways').values(row).execute();
  return row;
}

/** A certificate counts from its first connection; what was issued and never came is forgotten. */
export async function noteCertificate(
  db: Db,
  id: string,
  { serial, ends }: { serial: string; ends: number },
): Promise<void> {
  await db
    .updateTable('gateways')
    .set({ next_serial: serial, next_ends: ends })
    .where('id', '=', id)
    .execute();
}

export type Arrived =
  | { readonly gateway: GatewayTable; readonly isFirst: boolean }
  | { readonly refused: 'gateway-unknown' | 'gateway-revoked' | 'reservation-lapsed' };

/**
 * A gateway has connected with this certificate: its place becomes a use, and a new certificate
 * takes over from the old one.
 */
export function arrive(db: Db, id: string, serial: string, now: number): Promise<Arrived> {
  return db.transaction().execute(async (step) => {
    const row = await findGateway(step, id);
    if (row === undefined) return { refused: 'gateway-unknown' };
    if (row.revoked !== null) return { refused: 'gateway-revoked' };
    if (!hasPlace(row, now)) return { refused: 'reservation-lapsed' };
    const isFirst = row.activated === null;
    const changes: Partial<GatewayTable> = {};
    if (row.next_serial === serial) {
      changes.certificate_serial = serial;
      changes.certificate_ends = row.next_ends;
      changes.next_serial = null;
      changes.next_ends = null;
    }
    if (isFirst) Object.assign(changes, { activated: now, reserved_until: null });
    if (Object.keys(changes).length > 0) {
      await step.updateTable('gateways').set(changes).where('id', '=', id).execute();
    }
    if (isFirst) {
      await step
        .updateTable('config_codes')
        .set(({ eb }) => ({ used: eb('used', '+', 1) }))
        .where('id', '=', row.config_code)
        .execute();
      await membersChanged(step);
    }
    return { gateway: { ...row, ...changes }, isFirst };
  });
}
