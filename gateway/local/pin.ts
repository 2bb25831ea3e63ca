import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { gatewayError } from '../errors.ts';

/** N = 2^15 (32 MiB), r = 8, p = 1. */
const LOG_N = 15;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** The largest that a list may ask for, so that no list makes the gateway stand still. */
const LOG_N_MAX = 17;
/** PINs at work at once, each takes memory and a thread, and waiting for their turn. */
const WORKERS_MAX = 2;
const WAITING_PINS_MAX = 20;

/** Checks PINs off the event loop, a few at a time. */
export interface Pins {
  hash(pin: string): Promise<string>;
  /**
   * Without a stored hash it does the same work and says no.
   * @throws GatehouseError `identify-busy`
   */
  check(pin: string, stored: string | undefined): Promise<boolean>;
}

export function createPins(logN = LOG_N): Pins {
  const line: (() => void)[] = [];
  let busy = 0;

  async function turn<T>(work: () => Promise<T>): Promise<T> {
    if (busy < WORKERS_MAX) busy += 1;
    else {
      if (line.length >= WAITING_PINS_MAX) throw gatewayError('identify-busy');
      await new Promise<void>((resolve) => line.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next();
      else busy -= 1;
    }
  }

  return {
    hash: (pin) =>
      turn(async () => {
        const salt = randomBytes(SALT_BYTES);
        const key = await derive(pin, salt, { log: logN, r: 8, p: 1 });
        return `$scrypt$ln=${logN},r=8,p=1$${encoded(salt)}$${encoded(key)}`;
      }),
    check: (pin, stored) =>
      turn(async () => {
        const known = parse(stored);
        const { salt, key, cost } = known ?? nobody(logN);
        const made = await derive(pin, salt, cost);
        return known !== undefined && made.length === key.length && timingSafeEqual(made, key);
      }),
  };
}

interface Cost {
  readonly log: number;
  readonly r: number;
  readonly p: number;
}

function derive(pin: string, salt: Uint8Array, { log, r, p }: Cost): Promise<Buffer> {
  const options = { N: 2 ** log, r, p, maxmem: 256 * 2 ** log * r };
  return new Promise((resolve, reject) =>
    scrypt(pin, salt, KEY_BYTES, options, (fault, key) => (fault ? reject(fault) : resolve(key))),
  );
}

function parse(stored = '') {
  const parts = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored);
  if (!parts) return undefined;
  const [log = 0, r = 0, p = 0] = parts.slice(1, 4).map(Number);
  if (log < 1 || log > LOG_N_MAX || r < 1 || r > 16 || p < 1 || p > 4) return undefined;
  const [salt, key] = parts.slice(4).map((text) => Buffer.from(text, 'base64'));
  return { cost: { log, r, p }, salt: salt as Buffer, key: key as Buffer };
}

function nobody(log: number) {
  return {
    cost: { log, r: 8, p: 1 },
    salt: Buffer.alloc(SALT_BYTES),
    key: Buffer.alloc(KEY_BYTES),
  };
}

function encoded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
