import type { Clock, Timer } from '../clock.ts';
import type { Ids } from '../ids.ts';
import type { Link } from '../link.ts';
import type { Log } from '../log.ts';
import type { TicketStore } from './ticket-store.ts';

/** Rows asked for at once: small enough that taking a page in never holds up a lane. */
const PAGE_ROWS = 2_000;
const ANSWER_MS = 10_000;
const LOOK_MS = 60_000;

/** Keeps the ticket store at the cloud's latest delta. */
export interface TicketSync {
  start(): void;
  stop(): void;
}

export interface TicketSyncOptions {
  readonly store: TicketStore;
  readonly link: Link;
  readonly clock: Clock;
  readonly log: Log;
  readonly ids: Pick<Ids, 'request'>;
  /** Scan ids whose end the cloud has taken. */
  readonly settled: ReadonlySet<string>;
  readonly onChange: (state: { count: number; cursor: number | null }) => void;
}

export function createTicketSync(options: TicketSyncOptions): TicketSync {
  const { store, link, clock, log, ids, settled, onChange } = options;
  let timer: Timer;
  let asked: { id: string; settled: ReadonlySet<string> } | undefined;
  let nudged = false;
  let unhear: (() => void)[] = [];

  function ask(): void {
    clock.clearTimeout(timer);
    nudged = false;
    const requestId = ids.request();
    asked = { id: requestId, settled: new Set(settled) };
    const { cursor } = store.state();
    const sent = link.send('tickets', { requestId, cursor, limit: PAGE_ROWS });
    if (!sent) asked = undefined;
    timer = clock.setTimeout(ask, sent ? ANSWER_MS : LOOK_MS);
  }

  return {
    start() {
      unhear = [
        link.hear('tickets', (page) => {
          if (page.requestId !== asked?.id) return;
          try {
            store.apply(page, asked.settled);
          } catch (error) {
            log.error({ fault: (error as Error).message }, 'ticket page not taken in');
            return;
          }
          asked = undefined;
          onChange(store.state());
          clock.clearTimeout(timer);
          if (page.more || nudged) ask();
          else timer = clock.setTimeout(ask, LOOK_MS);
        }),
        link.hear('nudge', () => {
          nudged = true;
          if (!asked) ask();
        }),
        link.onChange((connected) => connected && ask()),
      ];
      ask();
    },
    stop() {
      clock.clearTimeout(timer);
      for (const stop of unhear) stop();
    },
  };
}
