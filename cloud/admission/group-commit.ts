import { setImmediate } from 'node:timers/promises';
import type { Store } from '../store/index.ts';
import { admissionError } from './errors.ts';

/** Pieces of work waiting for the disk at most; more are refused with `cloud-busy`. */
export const QUEUE_MAX = 5_000;
/** Pieces in one transaction at most, so that no commit holds up the next for long. */
export const BATCH_MAX = 500;

interface Waiting {
  run(): void;
  done(): void;
  failed(cause: unknown): void;
}

/** Runs synchronous work durably; what queued while the disk was busy shares one commit. */
export interface GroupCommit {
  /** Resolves after the commit. Work that throws undoes only itself. */
  run<T>(work: () => T): Promise<T>;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
}

export function createGroupCommit(store: Store): GroupCommit {
  let queue: Waiting[] = [];
  let loop: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      // What has already reached this process joins: a commit blocks the event loop while it syncs.
      await setImmediate();
      const batch = queue.slice(0, BATCH_MAX);
      queue = queue.slice(BATCH_MAX);
      await commit(store, batch);
    }
    loop = undefined;
  }

  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        if (queue.length >= QUEUE_MAX) return reject(admissionError('cloud-busy'));
        let result: { value: ReturnType<typeof work> } | undefined;
        queue.push({
          run: () => {
            result = { value: work() };
          },
          done: () => resolve((result as { value: ReturnType<typeof work> }).value),
          failed: reject,
        });
        loop ??= drain();
      }),
    idle: async () => {
      while (loop) await loop;
    },
  };
}

async function commit(store: Store, batch: readonly Waiting[]): Promise<void> {
  const failed = new Map<Waiting, unknown>();
  try {
    await store.batch(({ part }) => {
      for (const piece of batch) {
        try {
          part(() => piece.run());
        } catch (cause) {
          failed.set(piece, cause);
        }
      }
    });
  } catch (cause) {
    for (const piece of batch) piece.failed(cause);
    return;
  }
  for (const piece of batch) {
    if (failed.has(piece)) piece.failed(failed.get(piece));
    else piece.done();
  }
}
