import type { EntranceConfiguration } from '@gatehouse/provisioning';
import { type Db, findGateway, type GatewayTable, membersChanged } from './store.ts';

/** @returns the row as it is now; `undefined` where somebody else was first */
export function replaceConfiguration(
  db: Db,
  id: string,
  from: string,
  next: EntranceConfiguration,
): Promise<GatewayTable | undefined> {
  return db.transaction().execute(async (step) => {
    const { name, entrance } = next;
    const { numUpdatedRows } = await step
      .updateTable('gateways')
      .set({ configuration: JSON.stringify(next), name, entrance })
      .where('id', '=', id)
      .where('configuration', '=', from)
      .where('revoked', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return undefined;
    await membersChanged(step);
    return findGateway(step, id);
  });
}

export async function noteApplied(db: Db, id: string, version: number): Promise<void> {
  await db
    .updateTable('gateways')
    .set({ applied: version })
    .where('id', '=', id)
    .where('applied', '!=', version)
    .execute();
}

export async function noteRefused(
  db: Db,
  id: string,
  { version, code, fault }: { version: number; code: string; fault: string },
): Promise<void> {
  await db
    .updateTable('gateways')
    .set({ refused: version, refused_code: code, refused_fault: fault })
    .where('id', '=', id)
    .execute();
}
