import type { Store } from '../store/index.ts';

/** One code asked for, as it counts against limits; numbers and addresses as HMACs. */
export interface Sending {
  readonly tenant: string;
  readonly at: number;
  readonly number: Uint8Array;
  /** The number without its last four digits, in clear: ten thousand people share it. */
  readonly prefix: string;
  readonly dialling: string;
  readonly address: Uint8Array;
  readonly network: Uint8Array;
}

/** What sends are counted by. */
export type CountedBy = 'number' | 'address' | 'network' | 'dialling' | 'tenant';

const STEP_ROWS = 500;

/** Codes that were sent. Everything but `remove` and `prune` runs inside the caller's batch. */
export function createPhoneSendStore(store: Store) {
  const run = statementsOf(store);
  return {
    add(one: Sending): number {
      const { tenant, at, number, prefix, dialling, address, network } = one;
      const row = run.insert.get(tenant, at, number, prefix, dialling, address, network);
      return (row as { id: number }).id;
    },
    /** When the n-th latest since then was sent; `undefined` where there are fewer. */
    nth(by: CountedBy, one: Sending, from: number, n: number): number | undefined {
      const key = by === 'tenant' ? [] : [one[by]];
      const row = run.nth[by].get(one.tenant, ...key, from, n - 1) as { at: number } | undefined;
      return row?.at;
    },
    /** How many since then, or since a code of the number was entered, and the last one. */
    unentered(one: Sending, from: number): { sends: number; last: number | null } {
      const done = run.lastEntered.get(one.tenant, one.number, from) as { at: number | null };
      const row = run.since.get(one.tenant, one.number, Math.max(from, done.at ?? 0));
      return row as { sends: number; last: number | null };
    },
    prefixShare(one: Sending, from: number, to: number): { sends: number; entered: number } {
      const row = run.prefixShare.get(one.tenant, one.prefix, from, to);
      return row as { sends: number; entered: number };
    },
    blockedUntil(one: Sending): number | undefined {
      const row = run.blocked.get(one.tenant, one.prefix, one.at) as { until: number } | undefined;
      return row?.until;
    },
    block: (one: Sending, until: number) => run.block.run(one.tenant, one.prefix, until),
    /** @returns whether it was still there for this number and performance */
    takeKeptBack: (one: Sending, performance: string) =>
      Number(run.keepBack.run(one.tenant, one.number, performance, one.at).changes) === 1,
    setEntered: (id: number) => run.entered.run(id),
    setFailed: (id: number) => store.batch(() => run.failed.run(id)),
    blockedPrefixes: (tenant: string, now: number) =>
      run.allBlocked
        .all(tenant, now)
        .map((row) => ({ ...row }) as unknown as { prefix: string; until: number }),
    async unblock(tenant: string, prefix: string, also?: () => void): Promise<boolean> {
      return store.batch(() => {
        run.forgive.run(tenant, prefix);
        const was = Number(run.unblock.run(tenant, prefix).changes) === 1;
        if (was) also?.();
        return was;
      });
    },
    /** Removes what no limit counts any more; resolves when none is left. */
    async prune(tenant: string, sends: number, keptBack: number, now: number): Promise<void> {
      let gone = STEP_ROWS;
      while (gone === STEP_ROWS) {
        gone = await store.batch(() => {
          run.pruneKeptBack.run(tenant, keptBack);
          run.pruneBlocked.run(tenant, now);
          return Number(run.prune.run(tenant, sends).changes);
        });
      }
    },
  };
}

function statementsOf(store: Store) {
  const insert = store.prepare(
    `insert into phone_sends (tenant, at, number, prefix, dialling, address, network)
     values (?, ?, ?, ?, ?, ?, ?) returning id`,
  );
  // What the provider certainly refused is not held against the guest.
  const nthOf = (where: string) =>
    store.prepare(
      `select at from phone_sends where tenant = ? ${where} and at > ?
       order by at desc limit 1 offset ?`,
    );
  const nth = {
    number: nthOf('and number = ? and failed = 0'),
    address: nthOf('and address = ?'),
    network: nthOf('and network = ?'),
    dialling: nthOf('and dialling = ?'),
    tenant: nthOf(''),
  };
  const lastEntered = store.prepare(
    `select max(at) as at from phone_sends where tenant = ? and number = ? and entered = 1
     and at > ?`,
  );
  const since = store.prepare(
    `select count(*) as sends, max(at) as last from phone_sends where tenant = ? and number = ?
     and failed = 0 and at > ?`,
  );
  const keepBack = store.prepare(
    `insert into phone_kept_back (tenant, number, performance, at) values (?, ?, ?, ?)
     on conflict do nothing`,
  );
  const entered = store.prepare('update phone_sends set entered = 1 where id = ?');
  const failed = store.prepare('update phone_sends set failed = 1 where id = ?');
  const prune = store.prepare(
    `delete from phone_sends where id in
     (select id from phone_sends where tenant = ? and at < ? limit ${STEP_ROWS})`,
  );
  const pruneKeptBack = store.prepare('delete from phone_kept_back where tenant = ? and at < ?');
  const pruneBlocked = store.prepare(
    'delete from phone_prefixes_blocked where tenant = ? and until < ?',
  );
  return {
    ...prefixStatementsOf(store),
    insert,
    nth,
    lastEntered,
    since,
    keepBack,
    entered,
    failed,
    prune,
    pruneKeptBack,
    pruneBlocked,
  };
}

function prefixStatementsOf(store: Store) {
  const prefixShare = store.prepare(
    `select count(*) as sends, coalesce(sum(entered), 0) as entered from phone_sends
     where tenant = ? and prefix = ? and at > ? and at <= ? and failed = 0`,
  );
  const blocked = store.prepare(
    'select until from phone_prefixes_blocked where tenant = ? and prefix = ? and until > ?',
  );
  const block = store.prepare(
    `insert into phone_prefixes_blocked (tenant, prefix, until) values (?, ?, ?)
     on conflict (tenant, prefix) do update set until = excluded.until`,
  );
  const unblock = store.prepare(
    'delete from phone_prefixes_blocked where tenant = ? and prefix = ?',
  );
  // What was sent before somebody looked says no more about the prefix.
  const forgive = store.prepare(
    'update phone_sends set entered = 1 where tenant = ? and prefix = ? and entered = 0',
  );
  const allBlocked = store.prepareRead(
    `select prefix, until from phone_prefixes_blocked where tenant = ? and until > ?
     order by until desc limit 500`,
  );
  return { prefixShare, blocked, block, unblock, forgive, allBlocked };
}

export type PhoneSendStore = ReturnType<typeof createPhoneSendStore>;
