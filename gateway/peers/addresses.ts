import type { Clock, Timer } from '../clock.ts';
import { type Address, writeAddress } from './address.ts';
import type { Dial, Dialled } from './dial.ts';

/** The first try after a lost session or a failure; each further one waits twice as long. */
const AGAIN_FIRST_MS = 250;
const AGAIN_MAX_MS = 5_000;
/** A session that lasted this long begins anew with the first wait. */
export const STEADY_MS = 5_000;
/** An address of a gateway that has a session elsewhere is looked at again: it may have moved. */
const LOOK_AGAIN_MS = 60_000;
/** Addresses that were found; at one more, the one found longest ago is forgotten. */
const FOUND_MAX = 64;
/** An address that was found, answers nothing and is not found again is forgotten. */
const FORGET_MS = 600_000;

export interface AddressesOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Nothing while no gateway may have a session; `hurry` says when that is over. */
  readonly dial: (address: Address) => Dial | undefined;
  readonly connected: (gateway: string) => boolean;
  readonly onFailed: (address: string, result: Dialled) => void;
}

/** Dials every address it knows until somebody wanted answers, and again when that ends. */
export interface Addresses {
  start(configured: readonly Address[]): void;
  stop(): void;
  /** An address where a gateway may be. */
  found(address: Address): void;
  /** Dials everything that waits, now. */
  hurry(): void;
  /** A session with this gateway has ended. */
  ended(gateway: string, steady: boolean): void;
}

interface Entry {
  readonly address: Address;
  readonly configured: boolean;
  foundAt: number;
  gateway?: string;
  failures: number;
  timer?: Timer;
  dial?: Dial;
}

export function createAddresses(options: AddressesOptions): Addresses {
  const { clock, random } = options;
  const entries = new Map<string, Entry>();
  let running = false;

  const isHeld = ({ gateway }: Entry) => gateway !== undefined && options.connected(gateway);

  function add(address: Address, configured: boolean): void {
    const key = writeAddress(address);
    const known = entries.get(key);
    if (known) {
      known.foundAt = clock.mono();
      return;
    }
    const entry: Entry = { address, configured, foundAt: clock.mono(), failures: 0 };
    entries.set(key, entry);
    const found = [...entries].filter(([, one]) => !one.configured);
    if (found.length > FOUND_MAX) {
      const spare = found.filter(([, one]) => one !== entry && !isHeld(one));
      forget((spare[0] ?? found[0])![0]);
    }
    if (entries.has(key)) void look(key, entry);
  }

  function forget(key: string): void {
    const entry = entries.get(key);
    entries.delete(key);
    clock.clearTimeout(entry?.timer);
    entry?.dial?.stop();
  }

  /** Between half of the wait and all of it, so that two ends do not meet halfway each time. */
  function later(key: string, entry: Entry): void {
    const wait = Math.min(AGAIN_MAX_MS, AGAIN_FIRST_MS * 2 ** entry.failures);
    plan(key, entry, isHeld(entry) ? LOOK_AGAIN_MS : wait * (0.5 + random() / 2));
  }

  function plan(key: string, entry: Entry, wait: number): void {
    clock.clearTimeout(entry.timer);
    entry.timer = clock.setTimeout(() => void look(key, entry), wait);
  }

  async function look(key: string, entry: Entry): Promise<void> {
    if (!running || entry.dial) return;
    const dial = options.dial(entry.address);
    if (!dial) return;
    entry.dial = dial;
    const result = await dial.done;
    delete entry.dial;
    if (!running || entries.get(key) !== entry) return;
    if ('gateway' in result && result.gateway !== undefined) entry.gateway = result.gateway;
    else if (result.kind === 'refused') delete entry.gateway;
    if (result.kind === 'refused' || result.kind === 'failed') {
      options.onFailed(key, result);
      if (isForgotten(entry)) return forget(key);
    }
    if (!isHeld(entry)) entry.failures = Math.min(entry.failures + 1, 10);
    later(key, entry);
  }

  const isForgotten = (entry: Entry) =>
    !entry.configured && !isHeld(entry) && clock.mono() - entry.foundAt > FORGET_MS;

  return {
    start(configured) {
      running = true;
      for (const address of configured) add(address, true);
    },
    stop() {
      running = false;
      for (const key of [...entries.keys()]) forget(key);
    },
    found(address) {
      if (running) add(address, false);
    },
    hurry() {
      for (const [key, entry] of entries) {
        if (isHeld(entry)) continue;
        entry.failures = 0;
        plan(key, entry, 0);
      }
    },
    ended(gateway, steady) {
      if (!running) return;
      for (const [key, entry] of entries) {
        if (entry.gateway !== gateway || entry.dial) continue;
        entry.failures = steady ? 0 : Math.min(entry.failures + 1, 10);
        later(key, entry);
      }
    },
  };
}
