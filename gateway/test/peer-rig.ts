import { randomBytes } from 'node:crypto';
import type { PeerMessage } from '@gatehouse/protocol';
import {
  type Credentials,
  makeAuthority,
  makeCertificateRequest,
  makeDeviceCertificate,
  makePrivateKey,
  readCertificateRequest,
} from '@gatehouse/provisioning/authority';
import { PATIENCE_MS } from '../../scripts/patience.ts';
import { type Clock, systemClock } from '../clock.ts';
import { GatewayConfig } from '../config.ts';
import { createPeerWire, type PeerWire } from '../peers/wire.ts';

export const issue = () => ({ serial: randomBytes(16), now: Date.now() });
export const venueAuthority = await makeAuthority({ ...issue(), name: 'issuing' });

export interface Papers {
  readonly key: string;
  readonly certificate: string;
}

/** Key and certificate chain of a gateway. */
export async function papers(
  gateway: string,
  authority: Credentials = venueAuthority,
  now = Date.now(),
): Promise<Papers> {
  const key = await makePrivateKey();
  const request = await readCertificateRequest(await makeCertificateRequest(key));
  const made = await makeDeviceCertificate({ ...issue(), authority, request, gateway, now });
  return { key, certificate: made.chain };
}

/** A clock that runs this many times as fast for whoever waits by it. */
export const fastClock = (times: number): Clock => ({
  ...systemClock,
  mono: () => systemClock.mono() * times,
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds / times),
});

/** A wire with what it heard and what it logged. */
export interface PeerEnd extends PeerWire {
  readonly port: number;
  readonly heard: [string, PeerMessage][];
  readonly changes: string[];
  readonly logged: Record<string, unknown>[];
}

type Extra = Partial<Parameters<typeof createPeerWire>[0]> & { readonly addresses?: string[] };

const open = new Set<PeerWire>();

export async function peerEnd(
  gateway: string,
  admitted: readonly string[],
  { addresses = [], ...extra }: Extra = {},
): Promise<PeerEnd> {
  const logged: Record<string, unknown>[] = [];
  const write = (fields: object) => void logged.push({ ...fields });
  const peers = { host: '127.0.0.1', port: 0, mdns: false, addresses };
  const lanes = [{ turnstile: { kind: 'arduino', path: 'tcp://127.0.0.1:1' } }];
  const wire = createPeerWire({
    ...{ gateway, tenant: 'tenant', venue: 'venue', ...(await papers(gateway)) },
    config: GatewayConfig.parse({ data: 'd', peers, lanes }).peers,
    clock: systemClock,
    time: { now: Date.now, quality: () => 'trusted' },
    random: Math.random,
    log: { info: write, warn: write, error: write },
    ...extra,
  });
  const heard: [string, PeerMessage][] = [];
  const changes: string[] = [];
  wire.hear((from, message) => heard.push([from, message]));
  wire.onChange((who, connected) => changes.push(`${connected ? '+' : '-'}${who}`));
  wire.admit(admitted);
  open.add(wire);
  const port = await wire.start();
  return Object.defineProperty(Object.assign(wire, { port, heard, changes, logged }), 'connected', {
    get: Object.getOwnPropertyDescriptor(wire, 'connected')?.get as () => readonly string[],
  }) as PeerEnd;
}

/** Stops all that were made here. */
export async function stopAll(): Promise<void> {
  await Promise.all([...open].map((wire) => wire.stop()));
  open.clear();
}

export const at = (port: number) => `127.0.0.1:${port}`;

/** Waits till something holds; says what did not. */
export async function until(holds: () => boolean, what: string) {
  const end = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A message with a number, to tell it from others. */
export const note = (seq: number): PeerMessage => ({ type: 'heard', epoch: 'e', seq });
