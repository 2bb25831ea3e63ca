import { createHash } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { Bonjour, type Browser, type Service } from 'bonjour-service';
import type { Clock, Timer } from '../clock.ts';
import type { Address } from './address.ts';
import type { Refuse } from './refusals.ts';

/** Service type of DNS-SD, over TCP. */
const SERVICE = 'gatehouse';
/** Asked anew so soon after the start, then after twice as long each time: a question may be lost. */
const ASK_FIRST_MS = 1_000;
/** Asked anew this often in the end: what went, came back or is on another network is found again. */
const ASK_AGAIN_MS = 30_000;
/** Services looked at between two questions; a network that has more is lying. */
const SERVICES_MAX = 256;
/** Addresses taken from one service. */
const ADDRESSES_MAX = 8;
/** A goodbye that takes longer is not waited for. */
const GOODBYE_MAX_MS = 500;
const MDNS_PORT = 5_353;

/** Finds addresses where gateways of the venue may be. Who they are is not its matter. */
export interface Finder {
  start(onFound: (address: Address) => void): void;
  /** Says on which port this gateway listens. */
  announce(port: number): void;
  stop(): Promise<void>;
}

export interface MdnsOptions {
  readonly gateway: string;
  readonly tenant: string;
  readonly venue: string;
  readonly clock: Clock;
  readonly refuse: Refuse;
  /** IPv4 addresses of this machine on whose networks to look; those that are not its own loop. */
  readonly networks?: (() => string[]) | undefined;
  readonly mdnsPort?: number | undefined;
}

/** What stands for the venue in announcements: says nothing about it to those who don't know. */
export function venueTag(tenant: string, venue: string): string {
  return createHash('sha256').update(`${tenant}/${venue}`).digest('hex').slice(0, 16);
}

interface Network {
  readonly bonjour: Bonjour;
  browser?: Browser;
}

/**
 * Multicast DNS on each network of its own: with one socket for all, the system would send on the
 * network of its default route only, and on none where there is no such route.
 */
export function createMdnsFinder(options: MdnsOptions): Finder {
  const { gateway, clock, refuse } = options;
  const tag = venueTag(options.tenant, options.venue);
  const all = new Map<string, Network>();
  let tell: ((address: Address) => void) | undefined;
  let port: number | undefined;
  let timer: Timer;
  let wait = ASK_FIRST_MS;

  const failed = (fault: string) => refuse('peer-finder-failed', { fault });

  function open(network: string): Network {
    const bonjour = new Bonjour(
      {
        interface: network,
        bind: '0.0.0.0',
        port: options.mdnsPort ?? MDNS_PORT,
        socket: guardedSocket(network, failed),
      } as object,
      (error: Error) => failed(error.message),
    );
    if (port !== undefined) publish(bonjour, port);
    return { bonjour };
  }

  function publish(bonjour: Bonjour, at: number): void {
    const txt = { v: '1', t: tag, g: gateway };
    // Probing would write to the console; gateway ids are unique in a venue.
    bonjour.publish({ name: gateway, type: SERVICE, port: at, txt, probe: false });
  }

  function ask(network: Network): void {
    network.browser?.stop();
    let seen = 0;
    const look = (service: Service) => {
      seen += 1;
      if (seen > SERVICES_MAX) return network.browser?.stop();
      for (const address of addressesOf(service)) tell?.(address);
    };
    const browser = network.bonjour.find({ type: SERVICE }, look);
    browser.on('srv-update', look);
    browser.on('txt-update', look);
    network.browser = browser;
  }

  function addressesOf({ txt, port: at, addresses = [], referer }: Service): Address[] {
    if (txt?.t !== tag || txt?.g === gateway || !(at > 0 && at <= 65_535)) return [];
    const hosts = new Set([referer?.address, ...addresses]);
    return [...hosts]
      .filter((host) => typeof host === 'string' && /^[\d.]+$|^(?!fe80)[\da-f:]+$/i.test(host))
      .slice(0, ADDRESSES_MAX)
      .map((host) => ({ host: host as string, port: at }));
  }

  /** Opens networks that came, closes those that went, and asks on all. */
  function renew(): void {
    const networks = (options.networks ?? ownNetworks)();
    for (const [network, { bonjour }] of all) {
      if (networks.includes(network)) continue;
      all.delete(network);
      bonjour.destroy();
    }
    for (const network of networks) {
      try {
        const one = all.get(network) ?? open(network);
        all.set(network, one);
        ask(one);
      } catch (error) {
        failed((error as Error).message);
      }
    }
    timer = clock.setTimeout(renew, wait);
    wait = Math.min(2 * wait, ASK_AGAIN_MS);
  }

  return {
    start(onFound) {
      tell = onFound;
      wait = ASK_FIRST_MS;
      renew();
    },
    announce(at) {
      port = at;
      for (const { bonjour } of all.values()) publish(bonjour, at);
    },
    async stop() {
      clock.clearTimeout(timer);
      tell = undefined;
      const open = [...all.values()];
      all.clear();
      await Promise.all(open.map((network) => leave(network, clock)));
    },
  };
}

/** Says goodbye, so that nobody dials in vain; where that does not work, goes without. */
async function leave({ bonjour, browser }: Network, clock: Clock): Promise<void> {
  browser?.stop();
  const { promise: said, resolve } = Promise.withResolvers<void>();
  const timer = clock.setTimeout(resolve, GOODBYE_MAX_MS);
  bonjour.unpublishAll(() => resolve());
  await said;
  clock.clearTimeout(timer);
  bonjour.destroy();
}

function ownNetworks(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .slice(0, 1)
      .map(({ address }) => address),
  );
}

/**
 * The library throws where a packet from the network is not what it expects, and keeps to itself
 * that a network can't be used. A gateway goes on, and says so.
 */
function guardedSocket(network: string, failed: (fault: string) => void): Socket {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  const emit = socket.emit.bind(socket) as (event: string, ...values: unknown[]) => boolean;
  const send = socket.send.bind(socket) as (...values: unknown[]) => void;
  socket.once('listening', () => {
    try {
      socket.setMulticastInterface(network);
    } catch (error) {
      failed((error as Error).message);
    }
  });
  return Object.assign(socket, {
    emit(event: string, ...values: unknown[]): boolean {
      try {
        return emit(event, ...values);
      } catch (error) {
        // Whoever sends nonsense is not worth a line; a socket that does not work is.
        if (event !== 'message') failed((error as Error).message);
        return false;
      }
    },
    send(...values: unknown[]): void {
      const told = values.pop() as (error: Error | null, bytes: number) => void;
      send(...values, (error: Error | null, bytes: number) => {
        if (error) failed(error.message);
        told(error, bytes);
      });
    },
  });
}
