import type { Store } from '../store/index.ts';

/** A code that may still be entered; the code itself only as an HMAC. */
export interface KeptCode {
  readonly tenant: string;
  readonly purpose: string;
  readonly number: Uint8Array;
  readonly code: Uint8Array;
  /** The send it went out with. */
  readonly send: number;
  readonly expires: number;
}

export interface Tried {
  readonly code: Uint8Array;
  readonly send: number;
  /** With this one. */
  readonly tries: number;
}

/** Stands in for numbers that have no code, so that they cost the same writes. */
const DECOY = Buffer.from('decoy');
const NEVER = Number.MAX_SAFE_INTEGER;
const NOTHING = Buffer.alloc(32);

/** Codes under way. Everything but `start` and `prune` runs inside the caller's batch. */
export function createPhoneCodeStore(store: Store) {
  const put = store.prepare(
    `insert into phone_codes (tenant, purpose, number, code, send, expires, tries)
     values (?, ?, ?, ?, ?, ?, 0) on conflict (tenant, purpose, number) do update set
     code = excluded.code, send = excluded.send, expires = excluded.expires, tries = 0`,
  );
  const attempt = store.prepare(
    `update phone_codes set tries = tries + 1 where tenant = ? and purpose = ? and number = ?
     and expires > ? and tries < ? returning code, send, tries`,
  );
  const remove = store.prepare(
    'delete from phone_codes where tenant = ? and purpose = ? and number = ?',
  );
  const removeOf = store.prepare('delete from phone_codes where send = ?');
  const fail = store.prepare(
    `insert into phone_failures (tenant, number, failures, at) values (?, ?, 1, ?)
     on conflict (tenant, number) do update set failures = phone_failures.failures + 1,
     at = excluded.at returning failures`,
  );
  const failures = store.prepare(
    'select failures from phone_failures where tenant = ? and number = ?',
  );
  const forget = store.prepare('delete from phone_failures where tenant = ? and number = ?');
  const pruneCodes = store.prepare('delete from phone_codes where tenant = ? and expires < ?');
  const pruneFailures = store.prepare(
    'delete from phone_failures where tenant = ? and at < ? and number <> ?',
  );

  return {
    async start(tenant: string, purposes: readonly string[]): Promise<void> {
      await store.batch(() => {
        for (const purpose of purposes) put.run(tenant, purpose, DECOY, NOTHING, 0, NEVER);
      });
    },
    /** The new code of a purpose and number; an older one is gone. */
    put({ tenant, purpose, number, code, send, expires }: KeptCode): void {
      put.run(tenant, purpose, number, code, send, expires);
    },
    /** Counts a try before anybody looks whether it is right. */
    attempt(tenant: string, purpose: string, number: Uint8Array, now: number, most: number) {
      const found = attempt.get(tenant, purpose, number, now, most);
      if (found) return found as unknown as Tried;
      attempt.get(tenant, purpose, DECOY, now, NEVER);
      return undefined;
    },
    /** It was right: used once, and wrong ones before it are forgotten. */
    use(tenant: string, purpose: string, number: Uint8Array): void {
      remove.run(tenant, purpose, number);
      forget.run(tenant, number);
    },
    /** @returns wrong ones in a row, of a number that has a code */
    fail(tenant: string, number: Uint8Array | undefined, now: number): number {
      const row = fail.get(tenant, number ?? DECOY, now) as { failures: number };
      return number ? row.failures : 0;
    },
    failures: (tenant: string, number: Uint8Array) =>
      (failures.get(tenant, number) as { failures: number } | undefined)?.failures ?? 0,
    /** Lets a number try again after staff have looked. */
    forgive: (tenant: string, number: Uint8Array, also?: () => void) =>
      store.batch(() => {
        const was = Number(forget.run(tenant, number).changes) === 1;
        if (was) also?.();
        return was;
      }),
    removeOf: (send: number) => store.batch(() => removeOf.run(send)),
    async prune(tenant: string, expired: number, failed: number): Promise<void> {
      await store.batch(() => {
        pruneCodes.run(tenant, expired);
        pruneFailures.run(tenant, failed, DECOY);
      });
    },
  };
}
export type PhoneCodeStore = ReturnType<typeof createPhoneCodeStore>;
