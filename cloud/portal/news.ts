import type { ServerResponse } from 'node:http';
import { createFeed, type Feed, openEventStream } from '../admission/index.ts';
import type { Clock, Log } from '../ports.ts';
import { storeFault } from '../store/index.ts';
import type { Ticketing } from '../ticketing/index.ts';
import type { PortalStore } from './portal-store.ts';

/** Open pages at most, over all numbers. */
export const STREAMS_MAX = 20_000;
/** Changes are looked at together so often at most. */
export const LOOK_EVERY_MS = 100;

/** Tells open pages that something about their number's tickets has changed. */
export interface News {
  /** @returns false where there are too many open pages */
  open(phone: string, response: ServerResponse): boolean;
  tell(phone: string): void;
  start(): void;
  stop(): void;
}

interface Listened {
  readonly feed: Feed<number>;
  pages: number;
}

/** News comes from the order of ticket changes: passages, blocks, deliveries and new phones. */
export function createNews(parts: {
  readonly ticketing: Pick<Ticketing, 'door' | 'onChange'>;
  readonly tickets: Pick<PortalStore, 'changedAfter'>;
  readonly clock: Clock;
  readonly log: Log;
}): News {
  const { ticketing, tickets, clock, log } = parts;
  const listened = new Map<string, Listened>();
  let streams = 0;
  let told = 0;
  let seen = 0;
  let timer: unknown;
  let quiet: (() => void) | undefined;

  function tell(phone: string): void {
    listened.get(phone)?.feed.publish(() => [++told]);
  }

  function look(): void {
    timer = undefined;
    try {
      const from = seen;
      seen = ticketing.door.cursor();
      if (listened.size === 0 || seen === from) return;
      for (const phone of tickets.changedAfter(from)) tell(phone);
    } catch (cause) {
      const { code } = storeFault(cause) as { code?: string };
      log.error({ code }, 'open portal pages could not be told of a change');
    }
  }

  return {
    open(phone, response) {
      if (streams >= STREAMS_MAX) return false;
      const mine = listened.get(phone) ?? { feed: createFeed<number>(), pages: 0 };
      const event = (id: number) => ({ event: 'changed', id, data: {} });
      if (!openEventStream({ feed: mine.feed, clock }, response, event)) return false;
      listened.set(phone, mine);
      mine.pages += 1;
      streams += 1;
      response.on('close', () => {
        streams -= 1;
        mine.pages -= 1;
        if (mine.pages === 0) listened.delete(phone);
      });
      return true;
    },
    tell,
    start() {
      seen = ticketing.door.cursor();
      quiet = ticketing.onChange(() => {
        timer ??= clock.setTimeout(look, LOOK_EVERY_MS);
      });
    },
    stop() {
      quiet?.();
      clock.clearTimeout(timer);
    },
  };
}
