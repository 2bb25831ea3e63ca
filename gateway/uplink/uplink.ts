import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { filterOf, type NameOf, parseTopic, TOPICS, topicOf } from '@gatehouse/protocol';
import { decode, encode } from '@gatehouse/protocol/payload';
import { distrust, type Era, eraAt } from '@gatehouse/provisioning';
import mqtt, { type MqttClient } from 'mqtt';
import type { Clock, Timer, VenueTime } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import type { Link } from '../link.ts';
import type { Log } from '../log.ts';

const KEEPALIVE_SECONDS = 15;
/**
 * A question right behind an acknowledgement would wait 40 ms for the broker's own; the client
 * hands this on to the socket, though its types leave it out.
 */
const NO_DELAY = { noDelay: true };
const CONNECT_TIMEOUT_MS = 10_000;
const RECONNECT_FIRST_MS = 500;
const RECONNECT_MAX_MS = 15_000;

export interface UplinkOptions {
  readonly gateway: string;
  /** `mqtts://host:port` */
  readonly url: string;
  readonly servername?: string | undefined;
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  readonly roots: readonly string[];
  readonly clock: Clock;
  /** What the cloud has said of the time, for the dates of its certificates. */
  readonly time: Pick<VenueTime, 'now' | 'quality'>;
  readonly random: () => number;
  readonly log: Log;
  /** Is told that the broker, or its certificate, does not take this gateway. */
  readonly onRefused?: (() => void) | undefined;
}

type Listeners = Map<string, Set<(message: never) => void>>;

/** The MQTT session to the cloud. Nothing is queued here: what must arrive has its own outbox. */
export interface Uplink extends Link {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createUplink(options: UplinkOptions): Uplink {
  const { gateway, clock, log } = options;
  const listeners: Listeners = new Map();
  const changed = new Set<(connected: boolean) => void>();
  let client: MqttClient | undefined;
  let connected = false;
  let stopped = true;
  let failures = 0;
  let timer: Timer;

  function become(now: boolean): void {
    if (connected === now) return;
    connected = now;
    log.info({ connected }, 'uplink');
    for (const listener of changed) listener(now);
  }

  function connect(): void {
    if (stopped) return;
    client = mqtt.connect(options.url, {
      clientId: gateway,
      clean: true,
      keepalive: KEEPALIVE_SECONDS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: 0,
      queueQoSZero: false,
      resubscribe: false,
      key: options.key,
      cert: options.certificate,
      ca: [...options.roots],
      ...(options.servername === undefined ? {} : { servername: options.servername }),
      // By this machine's clock, which may be a year off: `judge` goes by the cloud's.
      rejectUnauthorized: false,
      ...NO_DELAY,
    });
    const session = client;
    const socket = session.stream as TLSSocket;
    socket.once('secureConnect', () => judge(session, socket));
    session.on('connect', () => subscribe(session));
    session.on('message', (topic, payload, packet) => {
      if (!packet.retain) receive(topic, payload);
    });
    session.on('error', (error) => refused(error));
    session.on('close', () => lost(session));
  }

  /** Nothing but our id has been said yet; of a server that is not ours nothing is taken. */
  function judge(session: MqttClient, socket: TLSSocket): void {
    const { roots, servername, url, time } = options;
    const host = servername ?? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
    const fault = distrust(socket, { roots, host, era: eraOf(time, options.certificate) });
    if (fault === undefined) return;
    refused(Object.assign(new Error(fault), { code: 'ERR_TLS_SERVER' }));
    lost(session);
  }

  function subscribe(session: MqttClient): void {
    session.subscribe(filterOf(gateway, 'down'), { qos: 1 }, (error) => {
      if (session !== client || !session.connected) return;
      if (error) {
        refused(error);
        return lost(session);
      }
      failures = 0;
      become(true);
    });
  }

  /** One session at a time: whatever ends this one, the next comes later and only once. */
  function lost(session: MqttClient): void {
    if (session !== client) return;
    client = undefined;
    become(false);
    session.end(true);
    later();
  }

  /** A broker's own refusal, or a certificate that is not taken, is for people; a lost wire is not. */
  function refused(error: Error & { code?: string | number }): void {
    const fault = error.message;
    const isRefusal = typeof error.code === 'number' || /^ERR_(SSL|TLS)|CERT/.test(`${error.code}`);
    if (!isRefusal) log.warn({ fault }, 'uplink error');
    else {
      const told = gatewayError('uplink-refused', { fault });
      log.error({ code: told.code, fault }, told.message);
      options.onRefused?.();
    }
  }

  function later(): void {
    if (stopped) return;
    const wait = Math.min(RECONNECT_MAX_MS, RECONNECT_FIRST_MS * 2 ** failures);
    failures = Math.min(failures + 1, 10);
    clock.clearTimeout(timer);
    timer = clock.setTimeout(connect, wait * (0.5 + options.random() / 2));
  }

  function receive(topic: string, payload: Buffer): void {
    const place = parseTopic(topic);
    if (place?.way !== 'down' || place.gateway !== gateway) return;
    try {
      const message = decode('down', place.name, payload);
      for (const listener of listeners.get(place.name) ?? []) listener(message as never);
    } catch (error) {
      log.error({ topic: place.name, fault: (error as Error).message }, 'message from the cloud');
    }
  }

  return {
    async start() {
      stopped = false;
      connect();
    },
    async stop() {
      stopped = true;
      clock.clearTimeout(timer);
      const session = client;
      client = undefined;
      become(false);
      if (session) await session.endAsync(true);
    },
    get connected() {
      return connected;
    },
    send(name, message) {
      if (!connected || !client) return false;
      const { qos } = TOPICS.up[name as NameOf<'up'>];
      client.publish(topicOf(gateway, 'up', name), encode('up', name, message), { qos });
      return true;
    },
    hear(name, listener) {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all);
      all.add(listener as (message: never) => void);
      return () => all.delete(listener as (message: never) => void);
    },
    renew() {
      if (connected && client) lost(client);
    },
    onChange(listener) {
      changed.add(listener);
      return () => changed.delete(listener);
    },
  };
}

/** Until the cloud has said what time it is, only that our own certificate was issued before. */
function eraOf(time: UplinkOptions['time'], certificate: string): Era {
  if (time.quality() === 'trusted') return eraAt(time.now());
  const earliest = new X509Certificate(certificate).validFromDate.getTime();
  return { earliest, latest: Number.POSITIVE_INFINITY };
}
