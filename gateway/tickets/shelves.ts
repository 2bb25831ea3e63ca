import type { DatabaseSync } from 'node:sqlite';
import { type BeaconShelf, createBeaconShelf } from './beacon-shelf.ts';
import { createHeardPlaces, type HeardPlaces } from './heard-places.ts';
import { createPassages, type Passages } from './passages.ts';
import { createPerformanceShelf, type PerformanceShelf } from './performance-shelf.ts';

/** What lies in the ticket file beside the tickets, each with its part in memory. */
export interface Shelves {
  readonly passages: Passages;
  readonly beacons: BeaconShelf;
  readonly heard: HeardPlaces;
  readonly performances: PerformanceShelf;
}

export function openShelves(db: DatabaseSync): Shelves {
  return {
    passages: createPassages(db),
    beacons: createBeaconShelf(db),
    heard: createHeardPlaces(db),
    performances: createPerformanceShelf(db),
  };
}
