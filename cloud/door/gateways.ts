import type { DoorPeople, GatewaySession } from '../admission/index.ts';
import type { Clock, Log } from '../ports.ts';
import type { Store } from '../store/index.ts';
import type { DoorStaffList } from './people.ts';
import type { SeenHandheld } from './routes.ts';
import { createDoorSearch } from './search.ts';

/** Where a gateway stands; undefined for one that is not known. */
export type PlaceOf = (
  gateway: string,
) => { readonly venue: string; readonly halls: readonly string[] } | undefined;

/** What gateways hear of the people at their venue's doors. */
export function createDoorPeople(parts: {
  store: Store;
  clock: Clock;
  log: Log;
  list: DoorStaffList;
  placeOf: PlaceOf;
}): DoorPeople {
  const { list, placeOf } = parts;
  const search = createDoorSearch(parts);
  return {
    version(gateway) {
      const place = placeOf(gateway);
      return place && list.versions.get(place.venue);
    },
    async list(gateway) {
      const place = placeOf(gateway);
      if (!place || !list.versions.has(place.venue)) return undefined;
      const { version, rows, unpaired } = await list.of(place.venue);
      const staff = rows.flatMap(({ id, name, code, role, pin }) =>
        pin === null ? [] : [{ staff: id, name, code, role, pin }],
      );
      return { version, venue: place.venue, staff, unpaired: [...unpaired] };
    },
    async search(gateway, question) {
      const place = placeOf(gateway);
      if (!place) return { requestId: question.requestId, found: [], more: false };
      return search(gateway, place.halls, question);
    },
  };
}

/** The handhelds of a venue's gateways that are online, as their beats name them. */
export function handheldsOf(
  venue: string,
  sessions: readonly GatewaySession[],
  gatewayOf: (id: string) => { readonly venue: string; readonly name: string } | undefined,
): SeenHandheld[] {
  return sessions.flatMap(({ gateway, lastHeartbeat }) => {
    const place = gatewayOf(gateway);
    if (place?.venue !== venue) return [];
    return (lastHeartbeat?.beat.health?.handhelds ?? []).map(({ seen = null, ...handheld }) => ({
      ...{ gateway, gatewayName: place.name, ...handheld, seen },
    }));
  });
}
