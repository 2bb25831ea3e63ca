import { type BeaconTable, nextChange, type Store } from '../store/index.ts';

export async function findBeacons(store: Store): Promise<BeaconTable[]> {
  return store.read.selectFrom('beacons').selectAll().execute();
}

/** Writes a beacon unless its five minutes have one already, forgets old ones; gives what counts. */
export async function keepBeacon(
  store: Store,
  beacon: BeaconTable,
  oldest: number,
): Promise<Uint8Array> {
  return store.db.transaction().execute(async (step) => {
    const { numInsertedOrUpdatedRows } = await step
      .insertInto('beacons')
      .values(beacon)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    // Gateways must hear of it, by the same numbering as of tickets.
    if (numInsertedOrUpdatedRows === 1n) await nextChange(step);
    await step.deleteFrom('beacons').where('slot', '<', oldest).execute();
    const row = await step
      .selectFrom('beacons')
      .select('value')
      .where('slot', '=', beacon.slot)
      .executeTakeFirstOrThrow();
    return row.value;
  });
}
