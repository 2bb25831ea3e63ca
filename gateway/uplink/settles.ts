import type { SettleRequest } from '@gatehouse/protocol';
import type { Clock, Timer } from '../clock.ts';
import type { Link } from '../link.ts';

/** Live news that may wait for its answer; older news falls out, the journal still carries it. */
const WAITING_MAX = 1_000;
const REPEAT_MS = 2_000;
/** News sent again in one turn, so that a long list does not fill the wire. */
const REPEAT_AT_ONCE = 100;
/** Passages remembered for the ticket store; those that fall out come again with the journal. */
const SETTLED_MAX = 10_000;

/** Tells the cloud at once how grants ended, and again until it has answered. */
export interface Settles {
  start(): void;
  stop(): void;
  send(news: SettleRequest): void;
  readonly waiting: number;
  /** Passages that the cloud has taken, by live news or by journal rows. */
  readonly settled: ReadonlySet<string>;
  taken(scanId: string): void;
}

export function createSettles({ link, clock }: { link: Link; clock: Clock }): Settles {
  const waiting = new Map<string, SettleRequest>();
  const settled = new Set<string>();
  let timer: Timer;
  let unhear: (() => void)[] = [];

  function taken(scanId: string): void {
    settled.add(scanId);
    if (settled.size > SETTLED_MAX) settled.delete(settled.values().next().value as string);
  }

  function repeat(): void {
    let left = REPEAT_AT_ONCE;
    for (const news of waiting.values()) {
      if (left-- === 0 || !link.send('settle', news)) break;
    }
  }

  function tick(): void {
    repeat();
    timer = clock.setTimeout(tick, REPEAT_MS);
  }

  return {
    start() {
      unhear = [
        link.hear('settle', ({ scanId, kind }) => {
          waiting.delete(`${scanId}/${kind}`);
          // A release that was taken says nothing of a late passage on the same scan.
          if (kind === 'passed') taken(scanId);
        }),
        link.onChange((connected) => connected && repeat()),
      ];
      timer = clock.setTimeout(tick, REPEAT_MS);
    },
    stop() {
      clock.clearTimeout(timer);
      for (const stop of unhear) stop();
    },
    send(news) {
      waiting.set(`${news.scanId}/${news.kind}`, news);
      if (waiting.size > WAITING_MAX) waiting.delete(waiting.keys().next().value as string);
      link.send('settle', news);
    },
    get waiting() {
      return waiting.size;
    },
    settled,
    taken,
  };
}
