import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import {
  filterOf,
  type Message,
  type NameOf,
  parseTopic,
  TOPICS,
  topicOf,
} from '@gatehouse/protocol';
import { Aedes, type Client } from 'aedes';
import type { Clock, Log } from '../ports.ts';
import { brokerRights, certificateSerial } from './broker-rights.ts';
import type { AdmissionTransport, Answer, GatewaySession, Receive } from './transport.ts';

export const CONNECTIONS_MAX = 2_000;
/** Sessions of gateways that were revoked meanwhile are looked for this often. */
const REVOKED_SWEEP_MS = 2_000;
/** A gateway with so many bytes on their way gets no delta; it asks when it has caught up. */
export const WAITING_BYTES_MAX = 1024 * 1024;
/** Nudges within this time become one. */
const NUDGE_AFTER_MS = 250;
const GZIP_LEVEL = 6;

const zip = promisify(gzip);

export interface BrokerTls {
  readonly key: string;
  readonly cert: string;
  /** The device CA: who is not signed by it does not come in. */
  readonly ca: string | string[];
}

export interface BrokerParts {
  readonly host: string;
  readonly port: number;
  readonly tls: BrokerTls;
  readonly clock: Clock;
  readonly log: Log;
  /** @param serial of its certificate, hex; where a session begins */
  isAllowed(gateway: string, serial?: string): boolean;
  /** Is told of each session that begins, with the serial of its certificate. */
  connected(gateway: string, serial: string): void;
  /** Is told of each session that has ended. */
  gone?(gateway: string): void;
  /** Is told once in a session that its gateway listens for deltas. */
  listening(gateway: string): void;
  readonly receive: Receive;
}

export interface Broker extends AdmissionTransport {
  /** The port it listens on. */
  readonly port: number;
  heard(gateway: string, beat: Message<'up', 'heartbeat'>, at: number): void;
}

interface Session {
  readonly client: Client;
  readonly since: number;
  lastHeartbeat?: { at: number; beat: Message<'up', 'heartbeat'> };
  /** Has asked for deltas. */
  listens?: boolean;
}

/**
 * The embedded broker: TLS with device certificates, the certificate's name being the only client
 * id it may use; each gateway publishes and hears only what is its own. It hands messages over at
 * once and acknowledges nothing by itself: PUBACK means only that the message arrived.
 */
export function createBroker(parts: BrokerParts): Broker {
  const { clock, log } = parts;
  const sessions = new Map<string, Session>();
  let aedes: Aedes | undefined;
  let server: Server | undefined;
  let port = parts.port;
  let sweeping: unknown;
  let nudging: unknown;
  let newest = 0;

  function sweep(): void {
    for (const [gateway, { client }] of sessions) if (!parts.isAllowed(gateway)) client.close();
    sweeping = clock.setTimeout(sweep, REVOKED_SWEEP_MS);
  }

  return {
    get port() {
      return port;
    },
    async start() {
      aedes = await Aedes.createBroker(brokerRights(log, parts.isAllowed));
      attach(aedes, sessions, parts);
      server = tlsServer(parts, aedes);
      port = await listen(server, parts.host, parts.port);
      sweep();
    },
    async stop() {
      clock.clearTimeout(sweeping);
      clock.clearTimeout(nudging);
      nudging = undefined;
      const closed = new Promise<void>((resolve) => {
        if (server) server.close(() => resolve());
        else resolve();
      });
      await new Promise<void>((resolve) => (aedes ? aedes.close(() => resolve()) : resolve()));
      await closed;
    },
    sessions: () =>
      [...sessions].map(
        ([gateway, { since, lastHeartbeat }]): GatewaySession => ({
          gateway,
          since,
          ...(lastHeartbeat ? { lastHeartbeat } : {}),
        }),
      ),
    nudge(cursor) {
      newest = Math.max(newest, cursor);
      nudging ??= clock.setTimeout(() => {
        nudging = undefined;
        for (const { client } of sessions.values()) {
          answerTo(client, log)('nudge', { cursor: newest });
        }
      }, NUDGE_AFTER_MS);
    },
    delta(gateways, delta) {
      const bytes = Buffer.from(JSON.stringify(delta));
      for (const gateway of gateways) pushTo(sessions.get(gateway), bytes, log);
    },
    tell(gateway, name, message) {
      const client = sessions.get(gateway)?.client;
      if (client) answerTo(client, log)(name, message);
    },
    disconnect(gateway) {
      sessions.get(gateway)?.client.close();
    },
    heard(gateway, beat, at) {
      const session = sessions.get(gateway);
      if (session) session.lastHeartbeat = { at, beat };
    },
  };
}

/** Keeps the sessions and hands messages over. */
function attach(broker: Aedes, sessions: Map<string, Session>, parts: BrokerParts): void {
  const { clock, log } = parts;
  broker.on('clientReady', (client) => {
    sessions.set(client.id, { client, since: clock.now() });
    log.info({ gateway: client.id }, 'a gateway has connected');
    parts.connected(client.id, certificateSerial(client));
  });
  broker.on('subscribe', (subscriptions, client) => {
    const session = sessions.get(client.id);
    const topics = [filterOf(client.id, 'down'), topicOf(client.id, 'down', 'delta')];
    if (session?.client !== client || session.listens) return;
    if (!subscriptions.some(({ topic }) => topics.includes(topic))) return;
    session.listens = true;
    parts.listening(client.id);
  });
  broker.on('clientDisconnect', (client) => {
    if (sessions.get(client.id)?.client === client) sessions.delete(client.id);
    log.info({ gateway: client.id }, 'a gateway has gone');
    parts.gone?.(client.id);
  });
  broker.on('clientError', (client, fault) => {
    log.warn({ gateway: client.id, code: codeOf(fault) }, 'a gateway was disconnected');
  });
  broker.on('connectionError', (_client, fault) => {
    log.warn({ code: codeOf(fault) }, 'a connection was refused');
  });
  broker.on('publish', (packet, client) => {
    const topic = client && parseTopic(packet.topic);
    if (topic?.way !== 'up' || !client) return;
    parts.receive(client.id, topic.name, packet.payload as Buffer, answerTo(client, log));
  });
}

function tlsServer({ tls, log }: BrokerParts, { handle }: Aedes): Server {
  const server = createServer(
    {
      ...tls,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      // Without it each answer waits 40 ms for the acknowledgement of the PUBACK before it.
      noDelay: true,
    },
    handle,
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.on('error', (fault) => log.error({ code: codeOf(fault) }, 'the broker’s server failed'));
  server.on('tlsClientError', (fault) =>
    log.warn({ code: codeOf(fault) }, 'a TLS connection failed'),
  );
  return server;
}

/** Large answers are compressed off the event loop. */
function answerTo(client: Client, log: Log): Answer {
  return (name, message) => {
    const { gzip: compressed } = TOPICS.down[name];
    const bytes = Buffer.from(JSON.stringify(message));
    if (!compressed) return publish(client, name, bytes, log);
    zip(bytes, { level: GZIP_LEVEL }).then(
      (zipped) => publish(client, name, zipped, log),
      (fault) => log.error({ gateway: client.id, name, fault }, 'an answer was not compressed'),
    );
  };
}

/** Sends a delta to who has asked for them and keeps up. */
function pushTo(session: Session | undefined, bytes: Buffer, log: Log): void {
  if (!session?.listens || session.client.conn.writableLength > WAITING_BYTES_MAX) return;
  publish(session.client, 'delta', bytes, log);
}

function publish(client: Client, name: NameOf<'down'>, payload: Buffer, log: Log): void {
  const topic = topicOf(client.id, 'down', name);
  if (client.closed || !hasAskedFor(client, topic)) return;
  const { qos } = TOPICS.down[name];
  client.publish({ cmd: 'publish', topic, payload, qos, dup: false, retain: false }, (fault) => {
    if (fault)
      log.warn({ gateway: client.id, name, code: codeOf(fault) }, 'an answer was not sent');
  });
}

/** A client gets nothing that it has not subscribed to; aedes' types leave the list out. */
function hasAskedFor(client: Client, topic: string): boolean {
  const { subscriptions } = client as Client & { readonly subscriptions: object };
  return topic in subscriptions || filterOf(client.id, 'down') in subscriptions;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** What a log may say of a fault: its code or its words, never a payload. */
function codeOf(fault: Error): string {
  return (fault as { code?: string }).code ?? fault.message;
}
