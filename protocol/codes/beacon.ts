/** A beacon is renewed this often; codes signed for a beacon older than BEACON_STALE are stale. */
export const BEACON_SECONDS = 300;
export const BEACON_STALE_SECONDS = 900;
/** Length of a beacon's random value in bytes. */
export const BEACON_BYTES = 16;

/** The index of the beacon that is current at a moment: whole five minutes since 1970. */
export function beaconIndexAt(unixMilliseconds: number): number {
  return Math.floor(unixMilliseconds / (BEACON_SECONDS * 1000));
}

/** The full index that the low 8 bits in a code mean: the latest one not after the next beacon. */
export function beaconIndexFor(beaconLow: number, nowIndex: number): number {
  const latest = nowIndex + 1;
  return latest - ((((latest - beaconLow) % 256) + 256) % 256);
}

/** How old the beacon with this index is at a moment, in milliseconds since it was replaced. */
export function beaconAge(index: number, unixMilliseconds: number): number {
  return Math.max(0, unixMilliseconds - (index + 1) * BEACON_SECONDS * 1000);
}
