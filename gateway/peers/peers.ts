import { PEER_VERSION, type PeerMessage, type PeerMessageOf } from '@gatehouse/protocol';
import type { Neighbours, Reservations, VenueMark } from '../admission/index.ts';
import type { Clock } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import type { Journal } from '../journal/index.ts';
import type { Link } from '../link.ts';
import type { Log } from '../log.ts';
import type { TicketStore } from '../tickets/index.ts';
import { createHearing } from './hearing.ts';
import { createJournalIn } from './journal-in.ts';
import { createJournalOut } from './journal-out.ts';
import { createNews } from './news.ts';
import type { PeerLink } from './peer-link.ts';
import { createReserving } from './reserving.ts';

export interface PeersOptions {
  readonly gateway: string;
  readonly tenant: string;
  readonly venue: string;
  readonly tenantKey: string | undefined;
  readonly peers: PeerLink;
  readonly link: Link;
  readonly journal: Journal;
  readonly store: TicketStore;
  readonly reservations: Reservations;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the cloud is heard. */
  readonly isOnline: () => boolean;
  /** Who is heard has changed. */
  readonly onChange: () => void;
  /** Tickets have changed by a delta. */
  readonly onTickets: () => void;
}

/** The other gateways of the venue: what they know is known here, and the other way round. */
export interface Peers extends Neighbours {
  start(): void;
  stop(): void;
  readonly heard: readonly string[];
  /** Active gateways of the venue that are not heard: the venue is split. */
  readonly missing: readonly string[];
}

export function createPeers(options: PeersOptions): Peers {
  const { gateway: self, tenant, venue, peers, journal, store, reservations, clock, log } = options;
  const heardJournals = createJournalIn({ store, reservations, clock });
  const ownJournal = createJournalOut({ journal, link: peers, log });
  const news = createNews({
    ...{ tenant, venue, tenantKey: options.tenantKey, store, link: options.link, peers, log },
    isOnline: options.isOnline,
    onChange() {
      admitMembers();
      hearing.look();
      options.onTickets();
    },
  });
  const hearing = createHearing({
    ...{ gateway: self, link: peers, clock, journal: heardJournals, onChange: options.onChange },
    members: () => news.members,
    place: () => ({ head: journal.head, cursor: news.cursor }),
  });
  const reserving = createReserving({
    ...{ gateway: self, link: peers, clock, store, reservations, journal: heardJournals },
    heard: () => hearing.heard,
  });
  const greeted = new Set<string>();
  let unhear: (() => void)[] = [];

  function admitMembers(): void {
    peers.admit(news.members.map(({ gateway }) => gateway).filter((gateway) => gateway !== self));
  }

  function changed(gateway: string, connected: boolean): void {
    greeted.delete(gateway);
    ownJournal.end(gateway);
    hearing.ended(gateway);
    if (!connected) return;
    const heard = [...heardJournals.places(gateway)];
    const place = { head: journal.head, heard, cursor: news.cursor };
    peers.send(gateway, { type: 'hello', version: PEER_VERSION, tenant, venue, ...place });
  }

  function greet(gateway: string, hello: PeerMessageOf<'hello'>): void {
    if (hello.tenant !== tenant || hello.venue !== venue) {
      const { code, message } = gatewayError('peer-of-another-venue', { gateway });
      log.error({ code, gateway }, message);
      return;
    }
    greeted.add(gateway);
    hearing.greeted(gateway, hello.head);
    ownJournal.begin(gateway, hello.heard);
    news.standsAt(gateway, hello.cursor);
  }

  function hear(gateway: string, message: PeerMessage): void {
    if (message.type === 'hello') greet(gateway, message);
    if (!greeted.has(gateway)) return;
    hearing.sound(gateway);
    switch (message.type) {
      case 'rows':
        takeRows(gateway, message);
        break;
      case 'heard':
        ownJournal.answered(gateway, message);
        break;
      case 'beat':
        hearing.beat(gateway, message);
        news.standsAt(gateway, message.cursor);
        break;
      case 'reserve':
      case 'reserved':
      case 'free':
        reserving.hear(gateway, message);
        break;
      case 'want':
        news.wanted(gateway, message.after);
        break;
      case 'delta':
        news.told(gateway, message.delta);
        break;
    }
  }

  function takeRows(gateway: string, rows: PeerMessageOf<'rows'>): void {
    try {
      peers.send(gateway, { type: 'heard', ...heardJournals.take(gateway, rows) });
      hearing.look();
    } catch (error) {
      // They are told again in another session.
      log.error({ gateway, fault: (error as Error).message }, 'rows of another gateway not taken');
      peers.renew(gateway);
    }
  }

  return {
    start() {
      unhear = [peers.hear(hear), peers.onChange(changed)];
      ownJournal.start();
      news.start();
      reserving.start();
      hearing.start();
      for (const gateway of peers.connected) changed(gateway, true);
      admitMembers();
    },
    stop() {
      for (const stop of unhear) stop();
      hearing.stop();
      reserving.stop();
      news.stop();
      ownJournal.stop();
    },
    get heard() {
      return hearing.heard;
    },
    get missing() {
      return hearing.missing;
    },
    ask: reserving.ask,
    free: reserving.free,
    gateways: () => news.members.filter(({ active }) => active).map(({ gateway }) => gateway),
    mark(): VenueMark {
      const known = heardJournals.all();
      return {
        ...(hearing.missing.length > 0 && { split: true as const }),
        ...(Object.keys(known).length > 0 && { heard: known }),
      };
    },
  };
}
