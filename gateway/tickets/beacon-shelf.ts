import type { DatabaseSync } from 'node:sqlite';
import type { BeaconRow } from '@gatehouse/protocol';

/** The 8 bits of a code's beacon mean one of so many; older ones are of no use. */
const BEACONS_KEPT_MAX = 256;

/** Beacons that the cloud has told of, for codes that come while it is away. */
export interface BeaconShelf {
  valueOf(index: number): string | undefined;
  keep(beacons: readonly BeaconRow[]): void;
}

/** Memory is filled from the file once; what a page that failed left in it does no harm. */
export function createBeaconShelf(db: DatabaseSync): BeaconShelf {
  const values = new Map<number, string>();
  const put = db.prepare('INSERT OR REPLACE INTO beacon VALUES (?, ?)');
  const forget = db.prepare('DELETE FROM beacon WHERE slot < ?');
  for (const { slot, value } of db.prepare('SELECT slot, value FROM beacon').iterate()) {
    values.set(Number(slot), String(value));
  }
  return {
    valueOf: (index) => values.get(index),
    keep(beacons) {
      for (const { index, value } of beacons) {
        if (values.get(index) === value) continue;
        put.run(index, value);
        values.set(index, value);
      }
      if (values.size <= BEACONS_KEPT_MAX) return;
      const oldest = Math.max(...values.keys()) - BEACONS_KEPT_MAX + 1;
      forget.run(oldest);
      for (const index of values.keys()) if (index < oldest) values.delete(index);
    },
  };
}
