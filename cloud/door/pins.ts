import { scrypt } from 'node:crypto';
import type { Random } from '../ports.ts';
import { doorError } from './errors.ts';

/** N = 2^15 (32 MiB), r = 8, p = 1: what gateways check at most on a Pi without making people wait. */
const LOG_N = 15;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
export const PIN_MIN = 6;
export const PIN_MAX = 12;
/** PINs waiting for their turn; one is made at a time, since each takes memory and a thread. */
const WAITING_PINS_MAX = 1_100;
const COUNTED = '01234567890';

/** Makes and hashes PINs of the people at the doors, off the event loop. */
export interface DoorPins {
  /** A new one of six digits. */
  make(): string;
  /** @throws GatehouseError `door-busy` */
  hash(pin: string): Promise<string>;
}

/** @param logN smaller in tests only */
export function createDoorPins(random: Random, logN = LOG_N): DoorPins {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    make() {
      for (;;) {
        const number = Buffer.from(random(4)).readUInt32BE() % 10 ** PIN_MIN;
        const pin = String(number).padStart(PIN_MIN, '0');
        if (!isWeakPin(pin)) return pin;
      }
    },
    hash(pin) {
      if (waiting >= WAITING_PINS_MAX) return Promise.reject(doorError('door-busy'));
      waiting += 1;
      const made = last
        .then(() => derive(pin, random(SALT_BYTES), logN))
        .finally(() => {
          waiting -= 1;
        });
      last = made.catch(() => undefined);
      return made;
    },
  };
}

/** Whether it is no PIN, or one that is tried first. */
export function isWeakPin(pin: string): boolean {
  if (!/^\d+$/.test(pin) || pin.length < PIN_MIN || pin.length > PIN_MAX) return true;
  const back = [...pin].reverse().join('');
  return /^(\d)\1+$/.test(pin) || COUNTED.includes(pin) || COUNTED.includes(back);
}

function derive(pin: string, salt: Uint8Array, logN: number): Promise<string> {
  const options = { N: 2 ** logN, r: 8, p: 1, maxmem: 2 ** (logN + 11) };
  return new Promise((resolve, reject) =>
    scrypt(pin, salt, KEY_BYTES, options, (fault, key) =>
      fault
        ? reject(fault)
        : resolve(`$scrypt$ln=${logN},r=8,p=1$${encoded(salt)}$${encoded(key)}`),
    ),
  );
}

function encoded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
