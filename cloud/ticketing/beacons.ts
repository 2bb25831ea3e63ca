import { BEACON_BYTES, BEACON_SECONDS, beaconIndexAt } from '@gatehouse/protocol';
import type { Clock, Log, Random } from '../ports.ts';
import { type Store, storeFault } from '../store/index.ts';
import { findBeacons, keepBeacon } from './beacon-store.ts';

/** The 8 bits of a code's beacon go round in 21 h 20 min; nothing older can be meant. */
export const BEACON_KEPT_MS = 22 * 3_600_000;
/**
 * Beacons made ahead. Only gateways get them: one whose uplink is cut can prove codes of phones
 * that still hear of new beacons for this long (docs/decisions/offline-beacons.md).
 */
export const BEACONS_AHEAD = 12;
/** A beacon that could not be written is tried again this soon. */
const RETRY_MS = 2_000;
const BEACON_MS = BEACON_SECONDS * 1000;

/** The current beacon as an open portal page gets it. */
export interface Beacon {
  readonly index: number;
  /** 16 bytes, hex. */
  readonly value: string;
  readonly from: number;
  readonly until: number;
  readonly now: number;
}

export interface Beacons {
  /** The value that belongs to a full index; `undefined` for one that never was. */
  valueOf(index: number): Uint8Array | undefined;
  /** The beacon of this moment; made now if the timer was late. */
  current(): Promise<Beacon>;
  start(): Promise<void>;
  stop(): void;
}

/** Keeps a random value for each five minutes, so that nobody can sign codes ahead of time. */
export function createBeacons(parts: {
  store: Store;
  clock: Clock;
  random: Random;
  log: Log;
  /** Told when gateways have new ones to hear of. */
  renewed?: () => void;
}): Beacons {
  const { store, clock, random, log, renewed } = parts;
  const values = new Map<number, Uint8Array>();
  let timer: unknown;
  let running = false;

  async function make(index: number, now = index): Promise<Uint8Array> {
    const known = values.get(index);
    if (known) return known;
    const oldest = now - Math.ceil(BEACON_KEPT_MS / BEACON_MS);
    const kept = await keepBeacon(store, { slot: index, value: random(BEACON_BYTES) }, oldest);
    values.set(index, kept);
    for (const old of values.keys()) if (old < oldest) values.delete(old);
    return kept;
  }

  async function renew(): Promise<void> {
    let wait = RETRY_MS;
    try {
      const index = beaconIndexAt(clock.now());
      for (let next = index; next <= index + BEACONS_AHEAD; next++) await make(next, index);
      renewed?.();
      wait = (index + 1) * BEACON_MS - clock.now();
    } catch (cause) {
      const { code } = storeFault(cause) as { code?: string };
      log.error({ code }, 'the beacon could not be renewed; trying again');
    }
    if (running) timer = clock.setTimeout(() => void renew(), Math.max(1, wait));
  }

  return {
    valueOf: (index) => values.get(index),
    async current() {
      const now = clock.now();
      const index = beaconIndexAt(now);
      const value = Buffer.from(await make(index)).toString('hex');
      return { index, value, from: index * BEACON_MS, until: (index + 1) * BEACON_MS, now };
    },
    async start() {
      for (const { slot, value } of await findBeacons(store)) values.set(slot, value);
      running = true;
      await renew();
    },
    stop() {
      running = false;
      clock.clearTimeout(timer);
    },
  };
}
