import { argon2, type BinaryLike, scrypt, timingSafeEqual } from 'node:crypto';
import type { Random } from '../ports.ts';
import { httpError } from './errors.ts';

/** Work of one password: memory in KiB, passes, lanes. OWASP's figures for argon2id. */
export interface PasswordCost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

export const ARGON2_COST: PasswordCost = { memory: 19_456, passes: 2, parallelism: 1 };
/** Where the runtime has no argon2: N = 2^14 (16 MiB), r = 8, p = 5. */
const SCRYPT = { log: 14, r: 8, p: 5 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
export const PASSWORD_MIN = 10;
/** Longer ones are refused, so that nobody makes the server hash a book. */
export const PASSWORD_MAX = 200;
/** Hashes at work at once: each takes memory, and a thread that files need as well. */
const WORKERS_MAX = 2;
/** Passwords waiting for their turn at most. */
export const WAITING_MAX = 100;

/** Hashes passwords off the event loop, a few at a time. */
export interface Passwords {
  /** @returns PHC string with parameters and salt; @throws GatehouseError `login-busy` */
  hash(password: string): Promise<string>;
  /**
   * Compares in constant time. Without a stored hash it does the same work and says no, so that
   * an unknown name takes as long as a wrong password.
   * @throws GatehouseError `login-busy`
   */
  verify(password: string, stored: string | null | undefined): Promise<boolean>;
  /** Whether the stored hash was made with other parameters than a new one would be. */
  isOld(stored: string): boolean;
}

type Derive = (password: string, salt: Uint8Array, cost: PasswordCost) => Promise<Uint8Array>;

/** @param cost smaller in tests only */
export function createPasswords(random: Random, cost: PasswordCost = ARGON2_COST): Passwords {
  const turn = turns(WORKERS_MAX, WAITING_MAX);
  const prefix = prefixOf(cost);
  const hash = (password: string) =>
    turn(async () => {
      const salt = random(SALT_BYTES);
      const key = await derive(password, salt, cost);
      return `${prefix}$${encoded(salt)}$${encoded(key)}`;
    });
  const nobody = { salt: random(SALT_BYTES), key: random(HASH_BYTES) };
  return {
    hash,
    verify: (password, stored) =>
      turn(async () => {
        const parsed = stored ? parse(stored) : undefined;
        const { salt, key } = parsed ?? nobody;
        const made = await (parsed?.derive ?? derive)(password, salt, parsed?.cost ?? cost);
        return timingSafeEqual(made, key) && parsed !== undefined;
      }),
    isOld: (stored) => !stored.startsWith(`${prefix}$`),
  };
}

const argon: Derive = (password, salt, { memory, passes, parallelism }) =>
  new Promise((resolve, reject) => {
    const message = Buffer.from(password.normalize('NFKC'));
    const parameters = { message, nonce: salt, parallelism, tagLength: HASH_BYTES, memory, passes };
    argon2('argon2id', parameters, (fault, key) => (fault ? reject(fault) : resolve(key)));
  });

const scrypted: Derive = (password, salt) =>
  new Promise((resolve, reject) => {
    const { log, r, p } = SCRYPT;
    const options = { N: 2 ** log, r, p, maxmem: 2 ** 26 };
    const text: BinaryLike = password.normalize('NFKC');
    scrypt(text, salt, HASH_BYTES, options, (fault, key) => (fault ? reject(fault) : resolve(key)));
  });

const HAS_ARGON2 = typeof argon2 === 'function';
const derive: Derive = HAS_ARGON2 ? argon : scrypted;

function prefixOf({ memory, passes, parallelism }: PasswordCost): string {
  return HAS_ARGON2
    ? `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}`
    : `$scrypt$ln=${SCRYPT.log},r=${SCRYPT.r},p=${SCRYPT.p}`;
}

/** Salt, key and function of a stored hash; undefined for one that nobody here has made. */
function parse(stored: string) {
  const argonParts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(
    stored,
  );
  if (argonParts && HAS_ARGON2) {
    const [memory, passes, parallelism] = argonParts.slice(1, 4).map(Number);
    const cost = { memory: memory ?? 0, passes: passes ?? 0, parallelism: parallelism ?? 0 };
    return { ...saltAndKey(argonParts[4], argonParts[5]), cost, derive: argon };
  }
  const ours = `$scrypt$ln=${SCRYPT.log},r=${SCRYPT.r},p=${SCRYPT.p}$`;
  if (!stored.startsWith(ours)) return undefined;
  const [salt, key] = stored.slice(ours.length).split('$');
  return { ...saltAndKey(salt, key), cost: ARGON2_COST, derive: scrypted };
}

function saltAndKey(salt = '', key = '') {
  return { salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') };
}

function encoded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

/** Lets a few through at once and keeps a bounded line. */
function turns(workers: number, waitingMax: number) {
  const line: (() => void)[] = [];
  let busy = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (busy < workers) busy += 1;
    else {
      if (line.length >= waitingMax) throw httpError('login-busy');
      await new Promise<void>((resolve) => line.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next();
      else busy -= 1;
    }
  };
}
