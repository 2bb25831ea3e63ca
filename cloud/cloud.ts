import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  admissionRoutes,
  type Broker,
  createBroker,
  createDesk,
  createValidator,
} from './admission/index.ts';
import { alertMailRoutes, createAlertMail } from './alert-mail/index.ts';
import { type ConflictDesk, conflictRoutes, createConflictDesk } from './conflicts/index.ts';
import { createDeltas } from './deltas.ts';
import { createDoorPeople, doorRoutes, handheldsOf, openDoorStaffList } from './door/index.ts';
import {
  addHallName,
  alertRoutes,
  clonedSince,
  createAlertWatch,
  createContacts,
  createFleet,
  createRemote,
  type Fleet,
  fleetRoutes,
  remoteRoutes,
} from './fleet/index.ts';
import { createLanePlaces, gatewayRoutes } from './gateways.ts';
import {
  createGuests,
  createPhoneCodes,
  createSms,
  guestOfficeRoutes,
  loadPhoneKey,
  phoneCodeRoutes,
  reportRoutes,
  smsRoutes,
} from './guests/index.ts';
import { type Caller, createServer, makeFirstToken, tokenRoutes } from './http/index.ts';
import { createMail, mailRoutes, templateRoutes } from './mail/index.ts';
import { openPortal } from './open-portal.ts';
import { openSale } from './open-sale.ts';
import { createPageNames, pageNameRoutes } from './page-names/index.ts';
import type { MollieAddress } from './payments/index.ts';
import type { Clock, Log, Random } from './ports.ts';
import { createRetention } from './retention.ts';
import { type Audit, createAudit, createStaffRoom, loadTotpBox } from './staff/index.ts';
import { loadTenant, lockDataFolder, openStore, type Store } from './store/index.ts';
import {
  createTicketing,
  createTicketReads,
  type Ticketing,
  ticketingRoutes,
} from './ticketing/index.ts';

export const DATABASE_FILE = 'gatehouse.db';
/** The built administration pages, if they are there. */
const WEB_DIR = join(import.meta.dirname, 'web', 'dist');
const WILDCARDS = ['0.0.0.0', '::'];

export interface CloudOptions {
  /** Folder of database, keys and the first token; made if it is not there. */
  readonly dataDir: string;
  readonly host: string;
  /** 0 for any free port. */
  readonly httpPort: number;
  readonly enrolPort: number;
  readonly mqttPort: number;
  /** How gateways reach the broker, `mqtts://host:port`, if not by host and port. */
  readonly mqttPublicUrl?: string | undefined;
  /** How new gateways reach the enrolment server, `https://host:port`. */
  readonly enrolPublicUrl?: string | undefined;
  /** Whose cloud this is, for people. */
  readonly tenantName?: string | undefined;
  readonly timeZone?: string | undefined;
  /** Host names of shop, API and administration; others then get nothing. Any if left out. */
  readonly shopHost?: readonly string[] | undefined;
  /** The portal's own host name (rule S5); without one it is a path of the shop. */
  readonly portalHost?: string | undefined;
  /** Proxies whose word for address, host and TLS counts, as addresses or networks. */
  readonly trustProxy?: readonly string[] | undefined;
  /** A demonstration: test payments, and secure sales without SMS and portal host (rule P10). */
  readonly demonstration?: boolean | undefined;
  /** Where Mollie is, if not where it always is. */
  readonly mollie?: MollieAddress | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface Cloud {
  /** @throws GatehouseError of the store or fleet; system errors of ports in use */
  start(): Promise<void>;
  /** Ends sessions, finishes what was taken on, closes the database. */
  stop(): Promise<void>;
  /** Ports in use; only between start and stop. */
  ports(): { http: number; enrol: number; mqtt: number };
}

interface Running {
  readonly ports: { http: number; enrol: number; mqtt: number };
  readonly stops: (() => Promise<unknown> | unknown)[];
}

/** The whole cloud from its parts. */
export function createCloud(options: CloudOptions): Cloud {
  let running: Running | undefined;
  return {
    async start() {
      running = await startParts(options);
    },
    async stop() {
      for (const stop of running?.stops.reverse() ?? []) await stop();
      running = undefined;
    },
    ports() {
      if (!running) throw new Error('the cloud is not running');
      return running.ports;
    },
  };
}

async function startParts(options: CloudOptions): Promise<Running> {
  const { clock, random, log } = options;
  const stops: Running['stops'] = [];
  try {
    const { store, tenant, ticketing } = await openData(options, stops);
    let broker: Broker | undefined;
    const pageNames = createPageNames({ store, clock, log });
    pageNames.start();
    stops.push(() => pageNames.stop());
    const fleet = createFleet({
      ...options,
      db: store.db,
      pageName: pageNames.ask,
      tenant: {
        ...tenant,
        name: options.tenantName ?? 'Gatehouse',
        timeZone: options.timeZone ?? 'Europe/Amsterdam',
      },
      mqttPublicUrl: () => options.mqttPublicUrl ?? ownUrl(options.host, broker?.port ?? 0),
    });
    await fleet.start();
    fleet.onRevoked(pageNames.forget);
    stops.push(() => fleet.stop());
    const desk = createConflictDesk({ store, door: ticketing.door, clock });
    const mail = await openMail(options, store, stops);
    const audit = createAudit({ store, clock, tenant });
    const gate = await openGate(options, { store, ticketing, fleet, desk, audit }, stops);
    broker = gate.broker;
    const { sms, codes } = await openSms(options, { store, tenant: tenant.id }, stops);
    const staff = createStaffRoom({
      box: await loadTotpBox(options.dataDir, random),
      ...{ store, clock, random, log, tenant, audit, issuer: options.tenantName ?? 'Gatehouse' },
    });
    await staff.start();
    stops.push(() => staff.stop());
    let httpPort = 0;
    const shopUrl = () => shopUrlOf(options, httpPort);
    const guests = createGuests({ store, clock, random, log, tenant, mail, codes, shopUrl });
    guests.start();
    stops.push(() => guests.stop());
    const sale = await openSale(options, {
      ...{ store, ticketing, mail, audit, sms, guests, shopUrl },
      hallRenamed: gate.hallRenamed,
    });
    const portal = await openPortal(options, { store, ticketing, mail, codes, shopUrl }, stops);
    const alertMail = createAlertMail({
      ...{ store, clock, log, mail, alerts: () => gate.watch.now.alerts },
      pageUrl: () => `${shopUrl()}/admin/#/fleet`,
    });
    const http = await createServer({
      store,
      clock,
      log,
      webDir: WEB_DIR,
      hosts: { shop: options.shopHost ?? [], portal: options.portalHost },
      trustProxy: options.trustProxy,
      byCookie: staff.callerByCookie,
      routes: [
        ticketingRoutes(ticketing, audit),
        admissionRoutes({ store, clock, feed: gate.feed }),
        conflictRoutes({ desk, store, clock, alarms: gate.alarms }),
        gatewayRoutes(fleet, gate.broker, gate.watch),
        alertRoutes(gate.watch, clock),
        alertMailRoutes(alertMail, audit),
        fleetRoutes(fleet, gate.stolen),
        remoteRoutes(gate.remote),
        pageNameRoutes(pageNames, audit),
        gate.doorStaff,
        tokenRoutes({ store, clock, random, audit }),
        mailRoutes({ store, clock, mail, audit }),
        templateRoutes(mail, audit),
        smsRoutes(sms, audit),
        phoneCodeRoutes(codes, audit),
        staff.routes,
        guestOfficeRoutes({ store, tenant, guests, audit }),
        ...sale.routes,
      ],
      open: [reportRoutes(sms), guests.routes, sale.open, sale.pages],
      portal: [portal],
    });
    await http.listen({ host: options.host, port: options.httpPort });
    stops.push(() => http.close());
    const ports = portsOf(http.server.address() as AddressInfo, fleet, gate.broker);
    httpPort = ports.http;
    await alertMail.start();
    stops.push(() => alertMail.stop());
    sale.start();
    stops.push(() => sale.stop());
    return { stops, ports };
  } catch (cause) {
    for (const stop of stops.reverse()) await stop();
    throw cause;
  }
}

interface Opened {
  readonly store: Store;
  readonly ticketing: Ticketing;
  readonly fleet: Fleet;
  readonly desk: ConflictDesk;
  readonly audit: Audit;
}

/** Lets gateways in: who decides for them, who tells them what changed, and their broker. */
async function openGate(options: CloudOptions, opened: Opened, stops: Running['stops']) {
  const { clock, log, host, mqttPort: port } = options;
  const { store, ticketing, fleet, desk } = opened;
  const list = await openDoorStaffList({ ...options, ...opened });
  const { changed, tenant } = ticketing;
  const places = createLanePlaces(fleet, log);
  await places.refresh();
  const { place } = places;
  const validator = createValidator({ ticketing, clock, log, place, watch: desk.watch });
  stops.push(() => validator.stop());
  const reads = createTicketReads(store);
  const live = () => broker.sessions().map(({ gateway }) => gateway);
  const contacts = createContacts({ db: store.db, clock, log, live, changed });
  const deltas = createDeltas({
    ...{ store, reads, tenant: tenant.id, clock, log, live },
    sign: fleet.signDelta,
    send: (gateways, delta) => broker.delta(gateways, delta),
  });
  const remote = createRemote({
    ...{ db: store.db, clock, log, isAccepted: fleet.isAccepted },
    isLive: (gateway) => live().includes(gateway),
    send: (gateway, name, message) => broker.tell(gateway, name, message),
    changed() {
      void places.refresh();
      changed();
    },
  });
  stops.push(() => remote.stop());
  const broker: Broker = createBroker({
    ...{ host, port, clock, log },
    tls: fleet.brokerTls(),
    isAllowed: fleet.isAllowed,
    connected: (gateway, serial) => void begin(gateway, serial),
    gone: () => watch.look(),
    listening(gateway) {
      deltas.greet(gateway);
      remote.greet(gateway).catch((fault) => log.error({ gateway, fault }, 'not configured'));
    },
    receive: createDesk({
      ...{ validator, clock, log, tickets: reads.page },
      isAccepted: fleet.isAccepted,
      people: createDoorPeople({ store, clock, log, list, placeOf: places.gateway }),
      heard(gateway, beat, at) {
        broker.heard(gateway, beat, at);
        remote.heard(gateway, beat);
        watch.look();
      },
      configured: (gateway, answer) => remote.configured(gateway, answer).then(watch.look),
      commanded: (gateway, answer) => remote.commanded(gateway, answer),
    }),
  });
  async function begin(gateway: string, serial: string): Promise<void> {
    if (!(await mayStay(fleet, gateway, serial, log))) return broker.disconnect(gateway);
    await Promise.all([places.refresh(), contacts.heard(gateway)]);
    watch.look();
  }
  const watch = createAlertWatch({
    ...{ clock, log, gateways: fleet.gateways },
    clonedSince: (moment) => clonedSince(store.read, moment),
    sessions: () => broker.sessions(),
  });
  stops.push(() => deltas.stop());
  contacts.start();
  stops.push(() => contacts.stop());
  await broker.start();
  stops.push(() => broker.stop());
  await watch.start();
  stops.push(() => watch.stop());
  validator.alarms.subscribe(watch.look);
  fleet.onMembers(changed);
  fleet.onMembers(watch.look);
  fleet.onRevoked((gateway) => broker.disconnect(gateway));
  stops.push(
    ticketing.onChange(() => {
      deltas.changed();
      broker.nudge(ticketing.door.cursor());
    }),
  );
  const doorStaff = doorRoutes({
    list,
    venues: places.venues,
    handhelds: (venue) => handheldsOf(venue, broker.sessions(), places.gateway),
  });
  async function stolen(gateway: string, caller: Caller): Promise<void> {
    const place = places.gateway(gateway);
    if (place) await list.voidPins(caller, place.venue);
  }
  const hallRenamed = (old: string, next: string) => {
    const renamed = addHallName(store, old, next);
    const after = async () => {
      await places.refresh();
      for (const gateway of renamed) await remote.greet(gateway);
    };
    return { gateways: renamed.length, after };
  };
  const { feed, alarms } = validator;
  return { broker, remote, doorStaff, stolen, watch, hallRenamed, feed, alarms };
}

/** Only a first session and a new certificate are written down; without that they don't count. */
async function mayStay(fleet: Fleet, gateway: string, serial: string, log: Log) {
  try {
    return await fleet.arrived(gateway, serial);
  } catch (fault) {
    log.error({ gateway, fault }, 'a session could not be written down; it has to come again');
    return false;
  }
}

/** Starts what sends mail to guests. */
async function openMail(options: CloudOptions, store: Store, stops: Running['stops']) {
  const { clock, log, timeZone = 'Europe/Amsterdam', tenantName = 'Gatehouse' } = options;
  const mail = createMail({ store, clock, log, timeZone, theatreName: tenantName });
  await mail.start();
  stops.push(() => mail.stop());
  return mail;
}

/** Takes the data folder and starts what lives on it alone. */
async function openData(options: CloudOptions, stops: Running['stops']) {
  const { dataDir, clock, random, log } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDataFolder(dataDir);
  stops.push(() => lock.release());
  const store = await openStore(join(dataDir, DATABASE_FILE), clock);
  stops.push(() => store.stop());
  await makeFirstToken({ store, clock, random }, dataDir);
  const tenant = await loadTenant(store, random);
  const ticketing = createTicketing({ store, tenant, clock, random, log });
  await ticketing.start();
  stops.push(() => ticketing.stop());
  const retention = createRetention({ store, clock, log });
  retention.start();
  stops.push(() => retention.stop());
  return { store, tenant, ticketing };
}

/** SMS, and the codes that prove who holds a number. */
async function openSms(
  options: CloudOptions,
  opened: { store: Store; tenant: string },
  stops: Running['stops'],
) {
  const { dataDir, random } = options;
  const sms = createSms({ ...options, ...opened });
  await sms.start();
  stops.push(() => sms.stop());
  const key = await loadPhoneKey(dataDir, random);
  const venue = () => options.tenantName ?? 'Gatehouse';
  const codes = createPhoneCodes({ ...options, ...opened, sms, key, venue });
  await codes.start();
  stops.push(() => codes.stop());
  return { sms, codes };
}

function portsOf(http: AddressInfo, fleet: Fleet, broker: Broker): Running['ports'] {
  return { http: http.port, enrol: fleet.enrolPort, mqtt: broker.port };
}

/** Where guests' pages are: by the first name of the shop, else by this machine's. */
function shopUrlOf({ shopHost, host }: CloudOptions, port: number): string {
  const [name] = shopHost ?? [];
  return name === undefined ? ownUrl(host, port).replace('mqtts:', 'http:') : `https://${name}`;
}

function ownUrl(host: string, port: number): string {
  const name = WILDCARDS.includes(host) ? hostname() : host;
  return `mqtts://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
