import { createPrivateKey, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Delta } from '@gatehouse/protocol';
import { type Credentials, makeServerCertificate } from '@gatehouse/provisioning/authority';
import type { Kysely } from 'kysely';
import type { Clock, Log, Random, Tenant } from '../ports.ts';
import type { Database } from '../store/index.ts';
import {
  type CodeLimits,
  type ConfigCode,
  listCodes,
  type MadeCode,
  makeCode,
  type NewEntrance,
} from './config-codes.ts';
import { createEnrolDesk, type PageNameOf } from './enrol-desk.ts';
import { type EnrolServer, startEnrolServer } from './enrol-server.ts';
import { arrive } from './enrol-store.ts';
import { fleetError } from './errors.ts';
import { type FleetGateway, gatewayOf } from './fleet-gateway.ts';
import { type FleetKeys, issuingEnds, loadFleetKeys, signDelta } from './keys.ts';
import { createStanding } from './standing.ts';
import * as store from './store.ts';

const SERIAL_BYTES = 16;
const WILDCARDS = ['0.0.0.0', '::'];

export interface FleetOptions {
  readonly db: Kysely<Database>;
  /** Where this cloud's keys are kept. */
  readonly dataDir: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  readonly log: Log;
  readonly tenant: Tenant & { readonly name: string; readonly timeZone: string };
  /** Address to listen on. */
  readonly host: string;
  /** 0 for any. */
  readonly enrolPort: number;
  /** How devices reach the enrolment server, if not by `host` and port. */
  readonly enrolPublicUrl?: string | undefined;
  /** Left out where gateways get no public names. */
  readonly pageName?: PageNameOf | undefined;
  /** How gateways reach the broker, `mqtts://host:port`; asked at every claim. */
  mqttPublicUrl(): string;
}

/** What a TLS server needs in order to be trusted by gateways and to tell them by certificate. */
export interface BrokerTls {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
  readonly requestCert: true;
  readonly rejectUnauthorized: true;
}

export interface Fleet {
  /** @throws `fleet-keys-unreadable`, `disk-failed` */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly enrolPort: number;
  readonly enrolUrl: string;
  brokerTls(): BrokerTls;
  /**
   * Whether this gateway may have a session: enrolled here and not revoked.
   * @param serial of its certificate, hex; only for who begins a session
   */
  isAllowed(gateway: string, serial?: string): boolean;
  /** Whether its key was accepted: tickets, staff and neighbours are for it. */
  isAccepted(gateway: string): boolean;
  /** A session has begun. @returns whether it may go on */
  arrived(gateway: string, serial: string): Promise<boolean>;
  /**
   * Says that a person has compared the gateway's key.
   * @param by who, for people
   * @throws `gateway-unknown`
   */
  acceptGateway(id: string, by: string): Promise<void>;
  /** Told the id of each gateway that is revoked, so that its session can be ended. */
  onRevoked(listener: (gateway: string) => void): void;
  /** Told when who belongs to a venue, or who is active there, has changed on disk. */
  onMembers(listener: () => void): void;
  /** @param body JSON text of a DeltaBody; only gateways of this tenant trust the signature */
  signDelta(body: string): Delta;
  gateways(): Promise<FleetGateway[]>;
  /** @throws `gateway-unknown` */
  revokeGateway(id: string): Promise<void>;
  /** @throws `config-code-expires-early`, `config-code-too-long` */
  makeCode(entrance: NewEntrance, limits: CodeLimits): Promise<MadeCode>;
  configCodes(): Promise<ConfigCode[]>;
  /** @throws `config-code-unknown` */
  revokeCode(id: string): Promise<void>;
}

/** What is there only between start and stop. */
interface Running {
  readonly keys: FleetKeys;
  readonly tenantKey: KeyObject;
  readonly tls: Credentials;
  readonly server: EnrolServer;
  readonly url: string;
}

/** The gateways of this cloud: config codes, enrolment, certificates, who may have a session. */
export function createFleet(options: FleetOptions): Fleet {
  const { clock, log, random } = options;
  const db = store.fleetTablesOf(options.db);
  const standing = createStanding(() => clock.now());
  const revokedListeners: Array<(gateway: string) => void> = [];
  const memberListeners: Array<() => void> = [];
  const membersChanged = () => tell(memberListeners);
  let running: Running | undefined;

  const now = (): Running => {
    if (running === undefined) throw fleetError('fleet-not-started');
    return running;
  };

  return {
    async start() {
      for (const gateway of await store.listGateways(db)) standing.put(gateway);
      running = await open(options, standing.put);
    },
    async stop() {
      await running?.server.stop();
      running = undefined;
      standing.clear();
    },
    get enrolPort() {
      return now().server.port;
    },
    get enrolUrl() {
      return now().url;
    },
    brokerTls: () => ({
      key: now().tls.privateKey,
      cert: now().tls.chain,
      ca: now().keys.deviceRoot.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    }),
    isAllowed: standing.isAllowed,
    isAccepted: standing.isAccepted,
    async arrived(id, serial) {
      if (!standing.isNews(id, serial)) return true;
      const said = await arrive(db, id, serial.toLowerCase(), clock.now());
      if ('refused' in said) {
        log.warn({ gateway: id, code: said.refused }, 'a gateway may not stay');
        return false;
      }
      standing.put(said.gateway);
      if (said.isFirst) log.info({ gateway: id }, 'a gateway is active');
      if (said.isFirst) membersChanged();
      return true;
    },
    async acceptGateway(id, by) {
      const isNews = await store.acceptGateway(db, id, { by, now: clock.now() });
      if (isNews === undefined) throw fleetError('gateway-unknown', { id });
      const row = await store.findGateway(db, id);
      if (row !== undefined) standing.put(row);
      if (isNews) membersChanged();
      log.info({ gateway: id }, 'a gateway was accepted');
    },
    onRevoked: (listener) => {
      revokedListeners.push(listener);
    },
    onMembers: (listener) => {
      memberListeners.push(listener);
    },
    signDelta: (body) => signDelta(now().tenantKey, body),
    gateways: async () => (await store.listGateways(db)).map((row) => gatewayOf(row, clock.now())),
    async revokeGateway(id) {
      const isNews = await store.revokeGateway(db, id, clock.now());
      if (isNews === undefined) throw fleetError('gateway-unknown', { id });
      standing.drop(id);
      if (isNews) membersChanged();
      for (const listener of revokedListeners) listener(id);
      log.info({ gateway: id }, 'a gateway was revoked');
    },
    makeCode: (entrance, limits) =>
      makeCode({ db, clock, random, keys: now().keys, url: now().url }, entrance, limits),
    configCodes: () => listCodes(db, clock.now()),
    async revokeCode(id) {
      if (!(await store.revokeConfigCode(db, id, clock.now()))) {
        throw fleetError('config-code-unknown', { id });
      }
    },
  };
}

function tell(listeners: ReadonlyArray<() => void>): void {
  for (const listener of listeners) listener();
}

async function open(
  options: FleetOptions,
  onIssued: (gateway: store.GatewayTable) => void,
): Promise<Running> {
  const { clock, dataDir, enrolPort, host, log, random, tenant } = options;
  const db = store.fleetTablesOf(options.db);
  const keys = await loadFleetKeys(dataDir, clock.now(), random);
  const ends = issuingEnds(keys, clock.now());
  if (ends !== undefined)
    log.error({ code: 'device-root-needed', ends }, 'no authority for devices');
  const hosts = namesOf(options);
  const tls = await makeServerCertificate({
    authority: keys.tlsRoot,
    hosts,
    now: clock.now(),
    serial: random(SERIAL_BYTES),
  });
  const desk = createEnrolDesk({
    ...{ db, clock, random, log, keys, tenant, onIssued, pageName: options.pageName },
    mqtt: () => mqttOf(options.mqttPublicUrl(), hosts),
  });
  const server = await startEnrolServer(desk, tls, { host, port: enrolPort, log });
  const own = `https://${inUrl(hosts[0] as string)}:${server.port}`;
  const tenantKey = createPrivateKey(keys.tenantKey);
  return { keys, tenantKey, tls, server, url: options.enrolPublicUrl ?? own };
}

/** Names and addresses for the server certificate; the first is the one devices are given. */
function namesOf({ host, enrolPublicUrl }: FleetOptions): string[] {
  const named = enrolPublicUrl === undefined ? [] : [hostOf(enrolPublicUrl)];
  const own = WILDCARDS.includes(host) ? hostname() : host;
  return [...new Set([...named, own, 'localhost', '127.0.0.1', '::1'])];
}

/** A broker reached by a name that the certificate does not have is checked by one that it has. */
function mqttOf(url: string, hosts: readonly string[]) {
  // TLS names a server by a DNS name only; `localhost` is always among them.
  const servername = hosts.find((host) => isIP(host) === 0) as string;
  return hosts.includes(hostOf(url)) ? { url } : { url, servername };
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
