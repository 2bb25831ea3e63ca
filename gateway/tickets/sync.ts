import type { TicketsRequest } from '@gatehouse/protocol';
import type { Clock, Timer } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import type { Ids } from '../ids.ts';
import type { Link } from '../link.ts';
import type { Log } from '../log.ts';
import type { TicketStore } from './ticket-store.ts';

/** Rows asked for at once: small enough that taking a page in never holds up a lane. */
const PAGE_ROWS = 2_000;
const ANSWER_MS = 10_000;
const LOOK_MS = 60_000;
/** The whole store is compared with the cloud's so often, a slice of it at a time. */
const COMPARE_ALL_MS = 300_000;
const COMPARE_SLICE_MS = 6_000;

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

interface Asked {
  readonly id: string;
  readonly settled: ReadonlySet<string>;
  readonly compare: TicketsRequest['compare'];
}

export function createTicketSync(options: TicketSyncOptions): TicketSync {
  const { store, link, clock, log, ids, settled, onChange } = options;
  let timer: Timer;
  let asked: Asked | undefined;
  let nudged = false;
  /** Tickets up to this id have been compared; the rest follows. */
  let compared = '';
  let compareAt = clock.mono() + COMPARE_SLICE_MS;
  let unhear: (() => void)[] = [];

  function ask(): void {
    clock.clearTimeout(timer);
    nudged = false;
    const requestId = ids.request();
    const { cursor } = store.state();
    const isDue = cursor !== null && clock.mono() >= compareAt;
    const compare = isDue ? store.slice(compared) : undefined;
    asked = { id: requestId, settled: new Set(settled), compare };
    const sent = link.send('tickets', { requestId, cursor, limit: PAGE_ROWS, compare });
    if (!sent) asked = undefined;
    timer = clock.setTimeout(ask, sent ? ANSWER_MS : LOOK_MS);
  }

  function wasCompared({ upTo }: NonNullable<TicketsRequest['compare']>, differs?: boolean): void {
    compareAt = clock.mono() + COMPARE_SLICE_MS;
    if (differs === undefined) return;
    compared = upTo ?? '';
    if (compared === '') compareAt = clock.mono() + COMPARE_ALL_MS;
    if (!differs) return;
    const { code, message } = gatewayError('tickets-differ');
    log.error({ code }, message);
    compared = '';
    store.beginAgain();
  }

  function untilNext(): number {
    return Math.min(LOOK_MS, Math.max(0, compareAt - clock.mono()));
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
          if (asked.compare) wasCompared(asked.compare, page.differs);
          asked = undefined;
          onChange(store.state());
          clock.clearTimeout(timer);
          if (page.more || nudged || page.differs) ask();
          else timer = clock.setTimeout(ask, untilNext());
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
