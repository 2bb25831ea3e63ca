import type { PeerMessage } from '@gatehouse/protocol';
import type { WebSocket } from 'ws';
import type { Clock, VenueTime } from '../clock.ts';
import type { GatewayConfig } from '../config.ts';
import type { Log } from '../log.ts';
import { type Address, readAddress } from './address.ts';
import { createAddresses, STEADY_MS } from './addresses.ts';
import { type Dialled, dial } from './dial.ts';
import { createMdnsFinder, type Finder } from './find.ts';
import { createIdentity, type Identity } from './identity.ts';
import { createListener } from './listen.ts';
import type { PeerLink } from './peer-link.ts';
import { createRefusals } from './refusals.ts';
import { createSession, type SessionName } from './session.ts';
import { createSessions } from './sessions.ts';

export interface PeerWireOptions {
  readonly gateway: string;
  readonly tenant: string;
  readonly venue: string;
  /** PEM. */
  readonly key: string;
  /** PEM chain: the device, then the issuing authority. */
  readonly certificate: string;
  readonly config: GatewayConfig['peers'];
  /** Multicast DNS if left out, where the configuration wants it. */
  readonly finder?: Finder | undefined;
  readonly clock: Clock;
  /** The gateway's time, for the end of certificates. */
  readonly time: Pick<VenueTime, 'now' | 'quality'>;
  readonly random: () => number;
  readonly log: Log;
}

/** The way to other gateways of the venue over TLS; docs/peers.md. */
export interface PeerWire extends PeerLink {
  /** Gives the port, or 0 if there is none: switched off, or in use and tried again later. */
  start(): Promise<number>;
  stop(): Promise<void>;
}

type Told = { message: PeerMessage } | { connected: boolean };

export function createPeerWire(options: PeerWireOptions): PeerWire {
  const { gateway: own, clock, config, log, random } = options;
  const refuse = createRefusals({ clock, log });
  const listeners = new Set<(gateway: string, message: PeerMessage) => void>();
  const changed = new Set<(gateway: string, connected: boolean) => void>();
  const begun = new Map<string, number>();
  const instance = draw(random);
  let listed: ReadonlySet<string> = new Set();
  let identity: Identity | undefined;
  let finder: Finder | undefined;

  /** A listener that throws at what another gateway said must not stop this one. */
  function tell(gateway: string, told: Told): void {
    try {
      if ('message' in told) for (const hear of listeners) hear(gateway, told.message);
      else for (const listener of changed) listener(gateway, told.connected);
    } catch (error) {
      log.error({ gateway, fault: (error as Error).message }, 'message between gateways');
    }
  }

  const sessions = createSessions({
    gateway: own,
    onChange(gateway, connected, why) {
      log.info({ gateway, connected, why }, 'other gateway');
      if (connected) begun.set(gateway, clock.mono());
      tell(gateway, { connected });
      if (!connected) addresses.ended(gateway, clock.mono() - begun.get(gateway)! > STEADY_MS);
    },
  });

  function begin(name: SessionName, socket: WebSocket): void {
    const session = createSession({
      ...{ name, socket, refuse },
      onMessage: ({ gateway }, message) => tell(gateway, { message }),
      onEnd: sessions.drop,
    });
    if (identity && listed.has(name.gateway)) sessions.put(session);
    else session.end('not listed');
  }

  function dialOnce(address: Address) {
    if (!identity || listed.size === 0) return undefined;
    const id = draw(random);
    const trial = dial({
      ...{ address, identity, instance, clock },
      ask(gateway) {
        const asked = sessions.ask(gateway, id);
        return asked && { id, ended: asked.ended };
      },
      onSession(name, socket) {
        const isWanted = sessions.isWanted(name);
        if (isWanted) begin(name, socket);
        return isWanted;
      },
    });
    const done = trial.done.then((result) => {
      if ('gateway' in result && result.gateway) sessions.asked(result.gateway, id);
      return result;
    });
    return { ...trial, done };
  }

  function failed(address: string, result: Dialled): void {
    if (result.kind === 'refused') refuse('peer-refused', { address, fault: result.fault });
    else if (result.kind === 'failed') refuse('peer-unreachable', { address, fault: result.fault });
  }

  const addresses = createAddresses({
    ...{ clock, random, dial: dialOnce },
    connected: (gateway) => sessions.get(gateway) !== undefined,
    onFailed: failed,
  });

  const listener = createListener({
    ...{ host: config.host, port: config.port, instance, clock, refuse },
    identity: () => identity as Identity,
    mayBegin: (arrival) => listed.has(arrival.name.gateway) && sessions.mayBegin(arrival),
    onSession: begin,
    onPort: (port) => finder?.announce(port),
  });

  return {
    async start() {
      if (!config.enabled) return 0;
      try {
        identity = createIdentity({ ...options, listed: (gateway) => listed.has(gateway) });
      } catch (error) {
        refuse('peer-refused', { address: 'this gateway', fault: (error as Error).message });
        return 0;
      }
      finder =
        options.finder ?? (config.mdns ? createMdnsFinder({ ...options, refuse }) : undefined);
      addresses.start(config.addresses.flatMap((text) => readAddress(text) ?? []));
      finder?.start(addresses.found);
      return listener.start();
    },
    async stop() {
      if (!identity) return;
      identity = undefined;
      addresses.stop();
      for (const session of sessions.all()) session.close();
      await Promise.all([finder?.stop(), listener.stop()]);
    },
    get connected() {
      return sessions.all().map(({ gateway }) => gateway);
    },
    send: (gateway, message) => sessions.get(gateway)?.send(message) ?? false,
    hear(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    onChange(listener) {
      changed.add(listener);
      return () => changed.delete(listener);
    },
    admit(gateways) {
      const before = listed;
      listed = new Set(gateways.filter((gateway) => gateway !== own));
      for (const session of sessions.all()) {
        if (!listed.has(session.gateway)) session.end('not listed any more');
      }
      if ([...listed].some((gateway) => !before.has(gateway))) addresses.hurry();
    },
    renew: (gateway) => sessions.get(gateway)?.end('silent'),
  };
}

/** 48 random bits in hex. */
function draw(random: () => number): string {
  return Math.floor(random() * 2 ** 48).toString(16);
}
