import { Worker } from 'node:worker_threads';
import type { JournalBody } from '@gatehouse/protocol';
import { gatewayError } from '../errors.ts';
import type { FromWriter, JournalOptions, PlacedRow, Recovered, ToWriter } from './rows.ts';

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
  /** The oldest rows that the cloud has not stored, all of one epoch. */
  unstored(limit: number): Promise<PlacedRow[]>;
  /** The cloud has stored an epoch's rows up to and with this one. */
  stored(epoch: string, upTo: number): void;
  /** Lets go of stored rows written before a wall time, but for those of these scans. */
  prune(before: number, keep: readonly string[]): void;
  /** Rows that the cloud has not stored. */
  readonly waiting: number;
  readonly epoch: string;
}

interface Waiter {
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
  let opened: Waiter | undefined;
  const waiters = new Map<number, Waiter>();
  const send = (message: ToWriter) => worker?.postMessage(message);

  function run(): void {
    const next = new Worker(new URL('./journal-writer.ts', import.meta.url));
    const lost = (fault: string, cause?: unknown) => {
      if (worker !== next) return;
      worker = undefined;
      fail([...waiters.keys()], gatewayError('journal-failed', { fault }, cause));
    };
    next.on('message', hear);
    next.on('error', (cause) => lost(cause.message, cause));
    next.on('exit', () => lost('its writer ended'));
    worker = next;
    send({ do: 'open', options });
  }

  function ask<T>(message: (id: number) => ToWriter): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (running && !worker) run();
      if (!worker) {
        reject(gatewayError('journal-failed', { fault: 'its writer is not running' }));
        return;
      }
      lastId += 1;
      waiters.set(lastId, { resolve: resolve as (value: never) => void, reject });
      send(message(lastId));
    });
  }

  function settle(id: number, value: unknown): void {
    waiters.get(id)?.resolve(value as never);
    waiters.delete(id);
  }

  function hear(message: FromWriter): void {
    switch (message.did) {
      case 'open':
        waiting = message.waiting;
        opened?.resolve(message.recovered as never);
        opened = undefined;
        break;
      case 'append':
        waiting = message.waiting;
        for (const [i, id] of message.ids.entries()) settle(id, message.firstSeq + i);
        break;
      case 'stored':
        waiting = message.waiting;
        break;
      case 'unstored':
        settle(message.id, message.rows);
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
    async append(body) {
      if (waiters.size >= WAITING_FOR_DISK_MAX) {
        throw gatewayError('journal-queue-full', { rows: WAITING_FOR_DISK_MAX });
      }
      const { wall } = body.at;
      return ask<number>((id) => ({ do: 'append', id, body: JSON.stringify(body), wall }));
    },
    unstored: (limit) => ask<PlacedRow[]>((id) => ({ do: 'unstored', id, limit })),
    stored: (epoch, upTo) => send({ do: 'stored', epoch, upTo }),
    prune: (before, keep) => send({ do: 'prune', before, keep }),
    get waiting() {
      return waiting;
    },
    epoch: options.epoch,
  };
}
