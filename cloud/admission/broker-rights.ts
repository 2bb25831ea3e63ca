import type { TLSSocket } from 'node:tls';
import { filterOf, parseTopic } from '@gatehouse/protocol';
import type { Client, PublishPacket } from 'aedes';
import type { Log } from '../ports.ts';
import { admissionError, type admissionErrors } from './errors.ts';

/** Bytes of one message from a gateway at most; a full journal batch is 3.3 MB. */
export const UP_BYTES_MAX = 4 * 1024 * 1024;
/** A client that takes no bytes this long is thrown out. */
export const DRAIN_TIMEOUT_MS = 20_000;
/** Longest keep-alive a client may ask for, in seconds. */
export const KEEPALIVE_MAX_SECONDS = 60;
/** A connection that sends no CONNECT is closed. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Who may connect, and what each gateway may say and hear; as options of aedes. */
export function brokerRights(log: Log, isAllowed: (gateway: string, serial?: string) => boolean) {
  const refused = (client: Client | null, code: keyof typeof admissionErrors, details = {}) => {
    log.warn({ gateway: client?.id, code, ...details }, 'the broker refused a client');
    return admissionError(code, details);
  };
  return {
    drainTimeout: DRAIN_TIMEOUT_MS,
    keepaliveLimit: KEEPALIVE_MAX_SECONDS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    preConnect(
      client: Client,
      packet: { clean?: boolean; will?: unknown },
      done: (fault: Error | null, success: boolean) => void,
    ) {
      // A kept session or a will would let the broker queue and speak for who is not there.
      const kept = packet.clean === false || packet.will !== undefined;
      done(kept ? refused(client, 'broker-session-refused') : null, !kept);
    },
    authenticate(
      client: Client,
      _name: unknown,
      _password: unknown,
      done: (fault: (Error & { returnCode: number }) | null, success: boolean | null) => void,
    ) {
      const name = certificateName(client);
      const code =
        name !== client.id
          ? ('broker-id-mismatch' as const)
          : isAllowed(name, certificateSerial(client))
            ? undefined
            : ('broker-gateway-refused' as const);
      if (code === undefined) return done(null, true);
      done(Object.assign(refused(client, code), { returnCode: 5 }), false);
    },
    authorizePublish(
      client: Client | null,
      packet: PublishPacket,
      done: (fault?: Error | null) => void,
    ) {
      const topic = parseTopic(packet.topic);
      const bytes = packet.payload.length;
      if (!client || topic?.way !== 'up' || topic.gateway !== client.id) {
        done(refused(client, 'broker-foreign-topic'));
      } else if (packet.retain) done(refused(client, 'broker-retain-refused'));
      else if (bytes > UP_BYTES_MAX) done(refused(client, 'broker-payload-too-large', { bytes }));
      else if (!isAllowed(client.id)) done(refused(client, 'broker-gateway-refused'));
      else done(null);
    },
    authorizeSubscribe(
      client: Client,
      subscription: { topic: string; qos: 0 | 1 | 2 },
      done: (fault: Error | null, granted?: { topic: string; qos: 0 | 1 | 2 } | null) => void,
    ) {
      const { topic } = subscription;
      const parsed = parseTopic(topic);
      const own = parsed?.way === 'down' && parsed.gateway === client.id;
      if (own || topic === filterOf(client.id, 'down')) return done(null, subscription);
      refused(client, 'broker-foreign-topic');
      done(null, null);
    },
  };
}

/** Serial number of the certificate that a client came with, hex. */
export function certificateSerial(client: Client): string {
  return (client.conn as TLSSocket).getPeerCertificate().serialNumber ?? '';
}

function certificateName(client: Client): string | undefined {
  const socket = client.conn as TLSSocket;
  const { subject } = socket.getPeerCertificate();
  const name: unknown = subject?.CN;
  return typeof name === 'string' ? name : undefined;
}
