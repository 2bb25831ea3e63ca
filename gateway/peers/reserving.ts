import { PASSAGES_MAX, type PeerMessageOf } from '@gatehouse/protocol';
import type { AskedHome, HomeAnswer, Reservations } from '../admission/index.ts';
import type { Clock, Timer } from '../clock.ts';
import type { LocalPassage, TicketStore } from '../tickets/index.ts';
import { homeOf } from './home.ts';
import type { JournalIn } from './journal-in.ts';
import type { PeerLink } from './peer-link.ts';

/** A ticket's home answers in this time, or the lane goes on alone. */
export const RESERVE_MS = 250;
/** A reservation made here for another gateway's lane is followed by its row within this time. */
const ROW_FOLLOWS_MS = 5_000;
/** Reservations of other gateways that wait for their rows; more are not taken in. */
const WAITING_MAX = 1_000;

/** Reserves tickets at their home gateway, and is home for others'. */
export interface Reserving {
  start(): void;
  stop(): void;
  /** `undefined` where this gateway itself is the ticket's home: it knows all there is to know. */
  ask(asked: AskedHome): Promise<HomeAnswer> | undefined;
  /** Takes a reservation back that no row will ever tell of. */
  free(scanId: string, ticket: string): void;
  hear(
    gateway: string,
    message: PeerMessageOf<'reserve'> | PeerMessageOf<'reserved'> | PeerMessageOf<'free'>,
  ): void;
}

export interface ReservingOptions {
  readonly gateway: string;
  readonly link: PeerLink;
  readonly clock: Clock;
  readonly store: TicketStore;
  readonly reservations: Reservations;
  readonly journal: Pick<JournalIn, 'isOpen'>;
  readonly heard: () => readonly string[];
}

export function createReserving(options: ReservingOptions): Reserving {
  const { gateway: self, link, clock, store, reservations, journal, heard } = options;
  const underWay = new Map<string, (answer: PeerMessageOf<'reserved'> | undefined) => void>();
  /** By scan: at which gateway it was asked for. */
  const homes = new Map<string, string>();
  /** By scan: reserved here, its row has not come yet. */
  const waiting = new Map<string, { gateway: string; ticket: string; since: number }>();
  let timer: Timer;

  function serve(gateway: string, asked: PeerMessageOf<'reserve'>): void {
    const { scanId, ticket, performance, lane, passageMs } = asked;
    const grants = reservations.of(ticket).filter((grant) => grant.scanId !== scanId);
    const isFree = grants.length === 0 && waiting.size < WAITING_MAX;
    if (isFree) {
      const grant = { gateway, lane, scanId, unsettled: false };
      reservations.reserve(ticket, performance, grant, clock.mono() + passageMs);
      waiting.set(scanId, { gateway, ticket, since: clock.mono() });
    }
    const passages = store
      .passagesOf(ticket)
      .slice(-PASSAGES_MAX)
      .map(({ source, news: _, ...passage }) => ({ ...passage, ...source }));
    link.send(gateway, { type: 'reserved', scanId, grants: [...grants], passages });
  }

  /** A row that a gateway owes and that it would have told by now will never come. */
  function forgetOld(): void {
    const now = clock.mono();
    for (const [scanId, { gateway, ticket, since }] of waiting) {
      const hasRow = journal.isOpen(gateway, scanId);
      if (!hasRow && (now - since < ROW_FOLLOWS_MS || !heard().includes(gateway))) continue;
      waiting.delete(scanId);
      if (!hasRow) reservations.end(ticket, scanId);
    }
    timer = clock.setTimeout(forgetOld, ROW_FOLLOWS_MS / 5);
  }

  /**
   * Passages of third gateways go into the store, as their own rows will. Those at the home's lanes
   * may not be on its disk yet: they are given back, to be counted once.
   */
  function learn(passages: PeerMessageOf<'reserved'>['passages']): LocalPassage[] {
    const fresh: LocalPassage[] = [];
    for (const { gateway, epoch, seq, ...passage } of passages) {
      if (gateway === self) continue;
      if (gateway === undefined || epoch === undefined || seq === undefined) fresh.push(passage);
      else store.passed({ ...passage, source: { gateway, epoch, seq } });
    }
    return fresh;
  }

  return {
    start() {
      timer = clock.setTimeout(forgetOld, ROW_FOLLOWS_MS / 5);
    },
    stop() {
      clock.clearTimeout(timer);
      for (const finish of [...underWay.values()]) finish(undefined);
    },
    ask(asked) {
      const home = homeOf(asked.ticket, [self, ...heard()]);
      if (home === self) return undefined;
      return new Promise((resolve) => {
        const late = clock.setTimeout(() => finish(undefined), RESERVE_MS);
        function finish(answer: PeerMessageOf<'reserved'> | undefined): void {
          if (!underWay.delete(asked.scanId)) return;
          clock.clearTimeout(late);
          const passages = answer ? learn(answer.passages) : [];
          resolve({ grants: answer?.grants ?? [], passages, unconfirmed: answer === undefined });
        }
        underWay.set(asked.scanId, finish);
        homes.set(asked.scanId, home);
        if (homes.size > WAITING_MAX) homes.delete(homes.keys().next().value as string);
        if (!link.send(home, { type: 'reserve', ...asked })) finish(undefined);
      });
    },
    free(scanId, ticket) {
      const home = homes.get(scanId);
      if (home !== undefined) link.send(home, { type: 'free', scanId, ticket });
      homes.delete(scanId);
    },
    hear(gateway, message) {
      if (message.type === 'reserve') serve(gateway, message);
      else if (message.type === 'reserved') underWay.get(message.scanId)?.(message);
      else if (waiting.get(message.scanId)?.gateway === gateway) {
        waiting.delete(message.scanId);
        if (!journal.isOpen(gateway, message.scanId)) {
          reservations.end(message.ticket, message.scanId);
        }
      }
    },
  };
}
