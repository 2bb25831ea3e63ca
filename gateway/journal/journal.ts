import { Worker } from 'node:worker_threads';
import type { JournalBody, JournalGap, JournalPlace } from '@gatehouse/protocol';
import { FIRST_PREVIOUS } from '@gatehouse/protocol';
import { gatewayError } from '../errors.ts';
import type {
  FromWriter,
  JournalOptions,
  KeptEpoch,
  PlacedRow,
  Recovered,
  Told,
  ToWriter,
} from './rows.ts';

/** Rows that may wait for the disk; a lane that would add more is told so. */
export const WAITING_FOR_DISK_MAX = 1_000;

/** The durable record of everything this gateway answered. */
export interface Journal {
  /** Opens the file and says what runs before this one left behind. */
  start(): Promise<Recovered>;
  /** Closes the file once all that was appended is on disk. */
  stop(): Promise<void>;
  /**
   * Resolves with the row's sequence once it is on disk.
   * @throws GatehouseError `journal-disk-full`, `journal-failed` or `journal-queue-full`
   */
  append(body: JournalBody): Promise<number>;
  /**
   * The oldest rows that the cloud has not stored: of one epoch, without a hole.
   * @param but epochs to pass over
   */
  unstored(limit: number, but?: readonly string[]): Promise<PlacedRow[]>;
  /** Rows of an epoch after a sequence, stored or not, in order; at most one batch of them. */
  rowsAfter(epoch: string, seq: number, limit: number): Promise<PlacedRow[]>;
  /** Epochs of which rows are still on this disk, oldest first. */
  epochs(): Promise<KeptEpoch[]>;
  /** Bytes that its rows fill. */
  used(): Promise<number>;
  /**
   * Told of every row of this run once it is on disk, in order and word for word; returns how to
   * stop being told.
   */
  onAppend(listener: (row: PlacedRow) => void): () => void;
  /** The cloud has stored an epoch's rows up to and with this one. */
  stored(epoch: string, upTo: number): void;
  /** Lets go of stored rows written before a wall time, but for those of these scans. */
  prune(before: number, keep: readonly string[]): void;
  /** Rows that the cloud has not stored. */
  readonly waiting: number;
  readonly epoch: string;
  /** The newest row of this run that is on disk; sequence 0 before the first. */
  readonly head: JournalPlace;
}

interface Waiter {
  /** The row that it waits for. */
  readonly body?: string;
  resolve(value: never): void;
  reject(error: Error): void;
}

/**
 * A journal whose writer is a thread of its own, so that no sync ever stops a lane. A writer that
 * dies takes its open promises with it; whoever asks next starts another one.
 */
export function createJournal(options: JournalOptions): Journal {
  let worker: Worker | undefined;
  let running = false;
  let lastId = 0;
  let waiting = 0;
  let told: Told = { seq: 0, digest: FIRST_PREVIOUS };
  /** What a damaged file turned out to have lost in the middle of this run. */
  let lost: readonly JournalGap[] = [];
  let opened: Waiter | undefined;
  const waiters = new Map<number, Waiter>();
  const listeners = new Set<(row: PlacedRow) => void>();
  const send = (message: ToWriter) => worker?.postMessage(message);

  function run(): void {
    const next = new Worker(new URL('./journal-writer.ts', import.meta.url));
    const dead = (fault: string, cause?: unknown) => {
      if (worker !== next) return;
      worker = undefined;
      fail([...waiters.keys()], gatewayError('journal-failed', { fault }, cause));
    };
    next.on('message', (message: FromWriter) => worker === next && hear(message));
    next.on('error', (cause) => dead(cause.message, cause));
    next.on('exit', () => dead('its writer ended'));
    worker = next;
    send({ do: 'open', options, told });
  }

  function ask<T>(message: (id: number) => ToWriter, body?: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (running && !worker) run();
      if (!worker) {
        reject(gatewayError('journal-failed', { fault: 'its writer is not running' }));
        return;
      }
      lastId += 1;
      waiters.set(lastId, { body, resolve: resolve as (value: never) => void, reject });
      send(message(lastId));
    });
  }

  function settle(id: number, value: unknown): void {
    waiters.get(id)?.resolve(value as never);
    waiters.delete(id);
  }

  function durable(row: PlacedRow): void {
    told = { seq: row.seq, digest: row.digest };
    for (const listener of listeners) listener(row);
  }

  function hear(message: FromWriter): void {
    switch (message.did) {
      case 'open':
        waiting = message.waiting;
        for (const row of message.untold) durable(row);
        if (!opened) lost = message.recovered.gaps ?? [];
        opened?.resolve(message.recovered as never);
        opened = undefined;
        break;
      case 'append':
        waiting = message.waiting;
        for (const [i, place] of message.places.entries()) {
          const id = message.ids[i] as number;
          durable({ epoch: options.epoch, ...place, body: waiters.get(id)?.body ?? '' });
          settle(id, place.seq);
        }
        break;
      case 'stored':
        waiting = message.waiting;
        break;
      case 'rows':
        settle(message.id, message.rows);
        break;
      case 'epochs':
        settle(message.id, message.epochs);
        break;
      case 'used':
        settle(message.id, message.bytes);
        break;
      case 'close':
        settle(message.id, undefined);
        break;
      case 'unsafe':
        opened?.reject(gatewayError('journal-unsafe', { ...message }));
        break;
      case 'failed':
        fail(message.ids, gatewayError(message.code, { fault: message.fault }));
        break;
    }
  }

  function fail(ids: Iterable<number>, error: Error): void {
    for (const id of ids) {
      waiters.get(id)?.reject(error);
      waiters.delete(id);
    }
    opened?.reject(error);
    opened = undefined;
  }

  async function append(body: JournalBody): Promise<number> {
    if (waiters.size >= WAITING_FOR_DISK_MAX) {
      throw gatewayError('journal-queue-full', { rows: WAITING_FOR_DISK_MAX });
    }
    if (lost.length > 0) tellLost(body);
    const { wall } = body.at;
    const text = JSON.stringify(body);
    return ask<number>((id) => ({ do: 'append', id, body: text, wall }), text);
  }

  /** Says before the next row what is missing before it. */
  function tellLost({ at, cursor }: JournalBody): void {
    const gaps = lost;
    lost = [];
    const event = { kind: 'event' as const, event: 'gap' as const, code: 'journal-damaged' };
    for (const gap of gaps) {
      append({ ...event, gap, at, cursor }).catch(() => {
        lost = [...lost, gap];
      });
    }
  }

  return {
    start() {
      running = true;
      return new Promise<Recovered>((resolve, reject) => {
        opened = { resolve: resolve as (value: never) => void, reject };
        run();
      });
    },
    async stop() {
      running = false;
      const last = worker;
      if (!last) return;
      await ask<void>((id) => ({ do: 'close', id })).catch(() => undefined);
      worker = undefined;
      await last.terminate();
    },
    append,
    unstored: (limit, but = []) => ask<PlacedRow[]>((id) => ({ do: 'unstored', id, limit, but })),
    rowsAfter: (epoch, after, limit) =>
      ask<PlacedRow[]>((id) => ({ do: 'rows-after', id, epoch, seq: after, limit })),
    epochs: () => ask<KeptEpoch[]>((id) => ({ do: 'epochs', id })),
    used: () => ask<number>((id) => ({ do: 'used', id })),
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stored: (epoch, upTo) => send({ do: 'stored', epoch, upTo }),
    prune: (before, keep) => send({ do: 'prune', before, keep }),
    get waiting() {
      return waiting;
    },
    epoch: options.epoch,
    get head() {
      return { epoch: options.epoch, seq: told.seq };
    },
  };
}
