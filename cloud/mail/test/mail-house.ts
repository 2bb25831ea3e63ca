import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Log } from '../../ports.ts';
import { openStore, type Store } from '../../store/index.ts';
import { openFresh } from '../../test/fresh-store.ts';
import { createMail, type Mail } from '../mail.ts';
import type { TransportTimes } from '../transport.ts';

export interface Logged {
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

/** Time that a test moves; timers run when it passes them. */
export interface TestClock extends Clock {
  advance(milliseconds: number): void;
}

export function testClock(start = Date.UTC(2026, 10, 22, 12)): TestClock {
  let now = start;
  let last = 0;
  const timers = new Map<number, { at: number; run: () => void }>();
  return {
    now: () => now,
    monotonic: () => now - start,
    setTimeout(run, milliseconds) {
      last += 1;
      timers.set(last, { at: now + milliseconds, run });
      return last;
    },
    clearTimeout(timer) {
      timers.delete(timer as number);
    },
    advance(milliseconds) {
      now += milliseconds;
      for (const [id, { at, run }] of [...timers]) {
        if (at <= now && timers.delete(id)) run();
      }
    },
  };
}

export interface MailHouse {
  readonly mail: Mail;
  readonly store: Store;
  readonly clock: TestClock;
  readonly logged: Logged[];
  close(): Promise<void>;
}

/** Mail on a database of its own, with time that stands still. */
export async function openMailHouse(
  given: { path?: string; times?: TransportTimes; clock?: TestClock } = {},
): Promise<MailHouse> {
  const clock = given.clock ?? testClock();
  const store = await openMailStore(given.path, clock);
  const logged: Logged[] = [];
  const write = (fields: object, message: string) =>
    void logged.push({ fields: fields as Record<string, unknown>, message });
  const log: Log = { info: write, warn: write, error: write };
  const mail = createMail({
    ...{ store, clock, log, timeZone: 'Europe/Amsterdam', theatreName: 'Theater De Kade' },
    ...(given.times ? { times: given.times } : {}),
  });
  await mail.start();
  return {
    ...{ mail, store, clock, logged },
    async close() {
      await mail.stop();
      await store.stop();
    },
  };
}

async function openMailStore(path: string | undefined, clock: Clock): Promise<Store> {
  if (path !== undefined) return openStore(path, clock);
  const dir = await mkdtemp(join(tmpdir(), 'mail-'));
  const store = await openFresh(join(dir, 'test.db'), clock);
  return {
    ...store,
    async stop() {
      await store.stop();
      await rm(dir, { recursive: true });
    },
  };
}
