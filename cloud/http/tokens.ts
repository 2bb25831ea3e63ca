import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock, Random } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { httpError } from './errors.ts';
import { digestOf, makeSecret } from './secrets.ts';
import { addToken, callerOf, countTokens, type Role, type TokenOwner } from './token-store.ts';

/** Unknown tokens from one address within a minute at most. */
export const FAILURES_MAX = 20;
const FAILURES_WITHIN_MS = 60_000;
/** Addresses whose failures are counted at once. */
const ADDRESSES_MAX = 10_000;
const ADMIN_TOKEN_FILE = 'admin-token';

/** Makes an API token and gives it; only its SHA-256 is kept. */
export async function makeToken(
  parts: { store: Store; clock: Clock; random: Random },
  name: string,
  role: Role,
  also?: (id: string) => void,
): Promise<{ id: string; token: string }> {
  const token = makeSecret(parts.random);
  const digest = digestOf(token);
  const id = tokenIdOf(digest);
  const row = { digest, name, role, created: parts.clock.now() };
  await addToken(parts.store, row, () => also?.(id));
  return { id, token };
}

/** What a token is called where it must not be shown. */
export function tokenIdOf(digest: string): string {
  return digest.slice(0, 16);
}

/** At the first start: an administrator's token, in a file that only its owner can read. */
export async function makeFirstToken(
  parts: { store: Store; clock: Clock; random: Random },
  dataDir: string,
): Promise<void> {
  if ((await countTokens(parts.store)) > 0) return;
  const path = join(dataDir, ADMIN_TOKEN_FILE);
  const file = await open(path, 'w', 0o600);
  try {
    await file.chmod(0o600);
    // On disk before it counts: a token nobody can read would lock everybody out.
    const token = makeSecret(parts.random);
    await file.writeFile(`${token}\n`);
    await file.sync();
    await syncDirectory(dirname(path));
    const created = parts.clock.now();
    await addToken(parts.store, {
      digest: digestOf(token),
      name: 'first administrator',
      role: 'administrator',
      created,
    });
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Says whose token a request bears. */
export interface TokenCheck {
  /** @throws GatehouseError `token-missing`, `token-unknown`, `token-too-many-failures` */
  caller(authorization: string | undefined, address: string): Promise<TokenOwner>;
}

export function createTokenCheck(store: Store, clock: Clock): TokenCheck {
  const failures = new Map<string, { count: number; since: number }>();

  function failed(address: string): void {
    const now = clock.monotonic();
    const known = failures.get(address);
    if (known && now - known.since < FAILURES_WITHIN_MS) known.count += 1;
    else {
      failures.delete(address);
      failures.set(address, { count: 1, since: now });
    }
    if (failures.size > ADDRESSES_MAX) failures.delete(failures.keys().next().value as string);
  }

  function blocked(address: string): boolean {
    const known = failures.get(address);
    if (!known || known.count < FAILURES_MAX) return false;
    return clock.monotonic() - known.since < FAILURES_WITHIN_MS;
  }

  return {
    async caller(authorization, address) {
      const token = /^Bearer ([\w-]{20,100})$/.exec(authorization ?? '')?.[1];
      if (token === undefined) throw httpError('token-missing');
      const caller = await callerOf(store, digestOf(token));
      if (caller) return caller;
      // A right token is heard in any case: a neighbour's mistakes shut nobody out.
      if (blocked(address)) throw httpError('token-too-many-failures');
      failed(address);
      throw httpError('token-unknown');
    },
  };
}
