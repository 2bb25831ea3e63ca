import type { Clock, Timer } from '../clock.ts';
import type { Link } from '../link.ts';
import type { Log } from '../log.ts';
import { newsOf, type TicketStore } from '../tickets/index.ts';

/** What is there at two looks so far apart, and not in the cloud, its gateway does not bring. */
const WITNESS_LOOK_MS = 15_000;
/** Passages told at one look. */
const WITNESS_AT_ONCE_MAX = 100;

/** Tells the cloud of passages at gateways that are gone, which only this one has heard of. */
export interface Witness {
  start(): void;
  stop(): void;
}

export interface WitnessOptions {
  readonly store: Pick<TicketStore, 'passagesLeft'>;
  readonly link: Pick<Link, 'send'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly isOnline: () => boolean;
  /** Gateways that are heard: they tell the cloud themselves. */
  readonly heard: () => readonly string[];
  /** Scan ids whose end the cloud has taken. */
  readonly settled: ReadonlySet<string>;
}

export function createWitness(options: WitnessOptions): Witness {
  const { store, link, clock, log, isOnline, heard, settled } = options;
  /** Seen at the last look; with the looks at which they were told. */
  let seen = new Map<string, number>();
  let timer: Timer;

  function left() {
    if (!isOnline()) return [];
    const alive = heard();
    return store
      .passagesLeft()
      .flatMap((passage) => (passage.source ? [{ passage, source: passage.source }] : []))
      .filter(({ passage, source }) => {
        return !alive.includes(source.gateway) && !settled.has(passage.scanId);
      });
  }

  function look(): void {
    timer = clock.setTimeout(look, WITNESS_LOOK_MS);
    const all = left();
    const times = (scanId: string) => seen.get(scanId) ?? 0;
    const told = all
      .filter(({ passage }) => seen.has(passage.scanId))
      .sort((a, b) => times(a.passage.scanId) - times(b.passage.scanId))
      .slice(0, WITNESS_AT_ONCE_MAX);
    const next = new Map(all.map(({ passage: { scanId } }) => [scanId, times(scanId)]));
    for (const { passage, source } of told) {
      link.send('settle', { ...newsOf(passage), of: source });
      next.set(passage.scanId, times(passage.scanId) + 1);
    }
    seen = next;
    if (told.length > 0) log.info({ passages: told.length }, 'told for gateways that are gone');
  }

  return {
    start: look,
    stop: () => clock.clearTimeout(timer),
  };
}
