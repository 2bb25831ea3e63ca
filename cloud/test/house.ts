import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createValidator, type LanePlace, type Validator } from '../admission/index.ts';
import { type ConflictDesk, createConflictDesk } from '../conflicts/index.ts';
import type { Clock, Log } from '../ports.ts';
import { loadTenant, type Store } from '../store/index.ts';
import { createTicketing, type Performance, type Ticketing } from '../ticketing/index.ts';
import { openFresh } from './fresh-store.ts';

/** The machine's timers with a wall clock that a test can move. */
export interface MovableClock extends Clock {
  move(milliseconds: number): void;
  /** From now on the wall clock goes on only by `move`, however slow the machine is. */
  stand(): void;
  /** From now on only waits shorter than this end: what comes now has waited for no longer one. */
  endOnlyBelow(milliseconds: number): void;
}

export function movableClock(start = Date.now()): MovableClock {
  const began = performance.now();
  let stood: number | undefined;
  let moved = 0;
  const monotonic = () => (stood ?? performance.now()) - began + moved;
  let below = Number.POSITIVE_INFINITY;
  return {
    now: () => Math.round(start + monotonic()),
    monotonic,
    setTimeout: (run, milliseconds) =>
      setTimeout(() => {
        if (milliseconds < below) run();
      }, milliseconds),
    clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
    move: (milliseconds) => {
      moved += milliseconds;
    },
    stand: () => {
      stood ??= performance.now();
    },
    endOnlyBelow: (milliseconds) => {
      below = milliseconds;
    },
  };
}

/** A log that a test can read. */
export interface KeptLog extends Log {
  readonly lines: { level: string; fields: Record<string, unknown>; message: string }[];
  codes(): unknown[];
}

export function keptLog(): KeptLog {
  const lines: KeptLog['lines'] = [];
  const write = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: fields as Record<string, unknown>, message });
  };
  return {
    lines,
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    codes: () => lines.map(({ fields }) => fields.code).filter((code) => code !== undefined),
  };
}

/** Store, ticketing and validator on a real database file, without network. */
export interface House {
  readonly dir: string;
  readonly clock: MovableClock;
  readonly log: KeptLog;
  readonly store: Store;
  readonly ticketing: Ticketing;
  readonly validator: Validator;
  readonly desk: ConflictDesk;
  /** A performance that is open now, with what is said otherwise. */
  perform(settings?: Partial<Performance>): Promise<Performance>;
  stop(): Promise<void>;
}

export async function startHouse(place?: LanePlace): Promise<House> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-cloud-'));
  const clock = movableClock();
  const log = keptLog();
  const store = await openFresh(join(dir, 'test.db'), clock);
  const tenant = await loadTenant(store, randomBytes);
  const ticketing = createTicketing({ store, tenant, clock, random: randomBytes, log });
  await ticketing.start();
  const desk = createConflictDesk({ store, door: ticketing.door, clock });
  const { watch } = desk;
  const validator = createValidator({ ticketing, clock, log, place: () => place, watch });
  return {
    dir,
    clock,
    log,
    store,
    ticketing,
    validator,
    desk,
    async perform(settings = {}) {
      const { id: production } = await ticketing.addProduction('The Seagull');
      const { id, title, inside, created, ...given } = settings;
      return ticketing.addPerformance({
        production,
        hall: 'main',
        starts: clock.now(),
        ends: null,
        opens: null,
        closes: null,
        secure: false,
        reEntry: false,
        capacity: null,
        offline: 'refuse',
        offlineCap: null,
        stalePhone: 'refuse',
        ...given,
      });
    },
    async stop() {
      ticketing.stop();
      await validator.stop();
      await store.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
