import type { DatabaseSync } from 'node:sqlite';
import { EPOCHS_MAX, type JournalPlace, type TicketsPage } from '@gatehouse/protocol';

/** How far a journal is known, and whether its gateway had said by then that it stops. */
export interface HeardPlace extends JournalPlace {
  readonly stopped: boolean;
}

/** How far the journals of other gateways are known here, and how far the cloud contains them. */
export interface HeardPlaces {
  /** Newest epoch first. */
  of(gateway: string): HeardPlace[];
  /** Gateways of whom anything was ever heard. */
  gateways(): string[];
  /** Whether the cloud's tickets contain what that row tells. */
  isStored(place: { gateway: string; epoch: string; seq: number }): boolean;
  heard(gateway: string, place: HeardPlace): void;
  stored(places: NonNullable<TicketsPage['stored']>): void;
}

/** Everything is asked of the file: it is asked at restarts and at passages only. */
export function createHeardPlaces(db: DatabaseSync): HeardPlaces {
  const places = db.prepare(
    'SELECT epoch, seq, stopped FROM heard WHERE gateway = ? ORDER BY id DESC LIMIT ?',
  );
  const gateways = db.prepare('SELECT DISTINCT gateway FROM heard');
  const put = db.prepare(
    `INSERT INTO heard (gateway, epoch, seq, stopped) VALUES (?, ?, ?, ?)
     ON CONFLICT (gateway, epoch) DO UPDATE
       SET seq = max(seq, excluded.seq), stopped = excluded.stopped`,
  );
  const trim = db.prepare(
    `DELETE FROM heard WHERE gateway = ?1 AND id NOT IN
       (SELECT id FROM heard WHERE gateway = ?1 ORDER BY id DESC LIMIT ?2)`,
  );
  const upTo = db.prepare('SELECT up_to FROM contained WHERE gateway = ? AND epoch = ?');
  const contain = db.prepare('INSERT OR REPLACE INTO contained VALUES (?, ?, ?)');
  const known = new Set<string>();

  return {
    of: (gateway) =>
      places.all(gateway, EPOCHS_MAX).map(({ epoch, seq, stopped }) => ({
        epoch: String(epoch),
        seq: Number(seq),
        stopped: stopped === 1,
      })),
    gateways: () => gateways.all().map(({ gateway }) => String(gateway)),
    isStored: ({ gateway, epoch, seq }) =>
      seq <= Number(upTo.get(gateway, epoch)?.up_to ?? Number.NEGATIVE_INFINITY),
    heard(gateway, { epoch, seq, stopped }) {
      put.run(gateway, epoch, seq, stopped ? 1 : 0);
      if (known.has(`${gateway}/${epoch}`)) return;
      known.add(`${gateway}/${epoch}`);
      trim.run(gateway, EPOCHS_MAX);
    },
    stored(all) {
      db.exec('DELETE FROM contained');
      const forget = db.prepare(
        'DELETE FROM passage WHERE counted = 1 AND gateway = ? AND epoch = ? AND seq <= ?',
      );
      for (const place of all) {
        contain.run(place.gateway, place.epoch, place.upTo);
        forget.run(place.gateway, place.epoch, place.upTo);
      }
    },
  };
}
