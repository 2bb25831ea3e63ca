import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { type Message, type NameOf, parseTopic, topicOf } from '@gatehouse/protocol';
import { decode, encode } from '@gatehouse/protocol/payload';
import { type Enrolment, keepEnrolment, keepPrivateKey } from '@gatehouse/provisioning';
import {
  makeAuthority,
  makeCertificateRequest,
  makeDeviceCertificate,
  makePrivateKey,
  makeServerCertificate,
  readCertificateRequest,
} from '@gatehouse/provisioning/authority';
import { Aedes, type Client } from 'aedes';
import { PATIENCE_MS } from '../../scripts/patience.ts';
import { VENUE_KEY } from './samples.ts';

type Up = NameOf<'up'>;
type Handlers = { [N in Up]?: (message: Message<'up', N>) => void };

/** The far side of the uplink: a real MQTT broker over TLS that answers as the test wants. */
export interface TestCloud {
  readonly url: string;
  readonly enrolment: Enrolment;
  /** PEM; of the device. */
  readonly privateKey: string;
  readonly handlers: Handlers;
  /** Everything that came up, oldest first. */
  readonly heard: { name: Up; message: unknown }[];
  of<N extends Up>(name: N): Message<'up', N>[];
  send<N extends NameOf<'down'>>(name: N, message: Message<'down', N>, retain?: boolean): void;
  /** Bytes on a topic as they are, fitting a schema or not. */
  sendRaw(name: string, payload: string): void;
  /** Ends all sessions. */
  drop(): void;
  stop(): Promise<void>;
  /** Starts to listen again on the same port. */
  restart(): Promise<void>;
  /** Writes the enrolment as a claim leaves it. */
  enrol(dataDir: string): Promise<void>;
}

export const GATEWAY = 'gate-1';

/** A cloud by whose clock it is another time, as a machine sees it whose own clock is wrong. */
export interface Elsewhen {
  /** Milliseconds that its clock is ahead of this machine's. */
  readonly off: number;
  /** From when its server's certificate is good, by this machine's clock. */
  readonly from?: number;
}

async function credentials({ off, from }: Elsewhen) {
  const now = Date.now() + off;
  const serial = () => randomBytes(16);
  const root = await makeAuthority({ name: 'root', now, serial: serial() });
  const authority = await makeAuthority({ name: 'devices', issuer: root, now, serial: serial() });
  const server = await makeServerCertificate({
    ...{ authority, hosts: ['localhost', '127.0.0.1'], now, serial: serial() },
    ...(from !== undefined && { from }),
  });
  const privateKey = await makePrivateKey();
  const request = await readCertificateRequest(await makeCertificateRequest(privateKey));
  const device = await makeDeviceCertificate({
    ...{ authority, request, gateway: GATEWAY, now, serial: serial() },
  });
  return { root, server, privateKey, device };
}

export async function testCloud(
  lanes: Enrolment['configuration']['lanes'],
  elsewhen: Elsewhen = { off: 0 },
): Promise<TestCloud> {
  const { root, server, privateKey, device } = await credentials(elsewhen);
  const cloudNow = () => Date.now() + elsewhen.off;
  const heard: TestCloud['heard'] = [];
  const handlers: Handlers = {
    heartbeat: ({ beat, mono }) => {
      send('heartbeat', { beat, mono, received: cloudNow(), sent: cloudNow() });
    },
  };
  const clients = new Set<Client>();
  let port = 0;
  let running: { broker: Aedes; tls: Server } | undefined;

  async function start(): Promise<void> {
    const broker = await Aedes.createBroker();
    broker.on('clientReady', (client) => clients.add(client));
    broker.on('clientDisconnect', (client) => clients.delete(client));
    broker.on('publish', (packet, client) => {
      const topic = client && parseTopic(packet.topic);
      if (topic?.way !== 'up') return;
      const message = decode('up', topic.name, packet.payload as Buffer);
      heard.push({ name: topic.name, message });
      handlers[topic.name]?.(message as never);
    });
    const options = { key: server.privateKey, cert: server.chain, ca: root.certificate };
    // Node judges by this machine's clock; the dates of a device are not what is tried here.
    const rejectUnauthorized = elsewhen.off === 0;
    const tls = createServer(
      { ...options, requestCert: true, rejectUnauthorized, noDelay: true },
      broker.handle,
    );
    await new Promise<void>((done) => tls.listen(port, '127.0.0.1', done));
    port = (tls.address() as AddressInfo).port;
    running = { broker, tls };
  }

  function publish(name: string, payload: Buffer | string, retain: boolean): void {
    const topic = `${topicOf(GATEWAY, 'down', 'nudge').replace(/nudge$/, '')}${name}`;
    // One quality for all: aedes takes a QoS 1 message that a QoS 0 one overtakes for a duplicate.
    const qos = 1;
    running?.broker.publish(
      { cmd: 'publish', topic, payload, qos, retain, dup: false },
      () => undefined,
    );
  }

  function send<N extends NameOf<'down'>>(name: N, message: Message<'down', N>, retain = false) {
    publish(name, encode('down', name, message), retain);
  }

  async function stop(): Promise<void> {
    const last = running;
    running = undefined;
    if (!last) return;
    const closed = new Promise<void>((done) => last.tls.close(() => done()));
    await new Promise<void>((done) => last.broker.close(() => done()));
    await closed;
  }

  await start();
  const enrolment: Enrolment = {
    ...{
      gateway: GATEWAY,
      tenant: 'theatre',
      tenantName: 'A theatre',
      timeZone: 'Europe/Brussels',
    },
    ...{ certificate: device.chain, tlsRoots: [root.certificate] },
    mqtt: { url: `mqtts://127.0.0.1:${port}` },
    venueKey: VENUE_KEY.toString('base64'),
    configuration: {
      ...{ version: 1, name: 'Main gate', venue: 'theatre', entrance: 'main', language: 'en' },
      ...{ halls: [], lanes },
    },
  };
  return {
    ...{
      url: enrolment.mqtt.url,
      enrolment,
      privateKey,
      handlers,
      heard,
      send,
      stop,
      restart: start,
    },
    of: (name) => heard.filter((one) => one.name === name).map(({ message }) => message as never),
    sendRaw: (name, payload) => publish(name, payload, false),
    drop() {
      for (const client of clients) client.close();
    },
    async enrol(dataDir) {
      await keepPrivateKey(dataDir, privateKey);
      await keepEnrolment(dataDir, 'f'.repeat(64), enrolment);
    },
  };
}

/** Waits until something is so. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    if (isSo()) return;
    await new Promise((next) => setTimeout(next, 10));
  }
  throw new Error(`waited in vain until ${what}`);
}
