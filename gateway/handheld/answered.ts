import { gatewayError } from '../errors.ts';
import type { Told } from './settings.ts';

/** Answers of one handheld that are remembered; the oldest is forgotten. */
const ANSWERS_MAX = 500;

/** What a handheld was answered by the id that it gave, so that a repeat gets the same answer. */
export interface Answered {
  /** @throws GatehouseError `scan-id-reused` where the id was given for something else */
  of(scanId: string, asked: unknown): Promise<Told[]> | undefined;
  keep(scanId: string, asked: unknown, done: Promise<Told[]>): void;
  /** The answer itself; undefined for one that is not here or has failed. */
  answer(scanId: string): Promise<Told | undefined>;
  /** Resolves when nothing is under way. */
  settled(): Promise<unknown>;
}

export function createAnswered(): Answered {
  const known = new Map<string, { asked: string; done: Promise<Told[]> }>();
  return {
    of(scanId, asked) {
      const found = known.get(scanId);
      if (found && found.asked !== JSON.stringify(asked)) throw gatewayError('scan-id-reused');
      return found?.done;
    },
    keep(scanId, asked, done) {
      known.set(scanId, { asked: JSON.stringify(asked), done });
      // What failed may be asked again.
      done.catch(() => known.delete(scanId));
      if (known.size > ANSWERS_MAX) known.delete(known.keys().next().value as string);
    },
    async answer(scanId) {
      const all = await known.get(scanId)?.done.catch(() => undefined);
      return all?.[0];
    },
    settled: () => Promise.allSettled([...known.values()].map(({ done }) => done)),
  };
}
