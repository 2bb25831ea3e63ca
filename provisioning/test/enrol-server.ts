import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  type Credentials,
  fingerprintOf,
  makeAuthority,
  makeDeviceCertificate,
  makeServerCertificate,
  readCertificateRequest,
} from '../authority.ts';
import { type Config, makeConfigCode } from '../config-code.ts';
import { CLAIM_PATH, ClaimRequest, type Enrolment, TENANT_PATH } from '../messages.ts';

const NOW = Date.parse('2026-11-21T20:00:00Z');
export const clock = { now: () => NOW };
const issue = () => ({ serial: randomBytes(16), now: Date.now() });

/** A behaviour that a test puts in front of the server's own; `true` when it has answered. */
export type Misbehaviour = (
  asked: IncomingMessage,
  answer: ServerResponse,
  own: () => Promise<void>,
) => Promise<void>;

/** A small enrolment server on loopback that keeps the promise of idempotent claims. */
export interface EnrolServer {
  readonly url: string;
  readonly tenantKey: KeyObject;
  readonly root: Credentials;
  readonly requests: string[];
  /** Gateway ids given, one a device key. */
  readonly gateways: Map<string, string>;
  misbehave: Misbehaviour | undefined;
  /** Changes what a claim answers. */
  alter: (enrolment: Enrolment) => object;
  code(changes?: Partial<Config>): string;
  stop(): Promise<void>;
}

/** When the certificate of a server was issued, and from when it is good. */
export interface Dates {
  readonly now?: number;
  readonly from?: number;
}

/**
 * @param extra PEM that the server sends along after its own chain
 * @param below a server's certificate issues this one's, which it may not
 * @param gateway what every device is called; else each has a name of its own
 */
export async function startEnrolServer(
  hosts = ['127.0.0.1'],
  extra = '',
  { below = false, gateway: named, ...dates }: Dates & { below?: boolean; gateway?: string } = {},
): Promise<EnrolServer> {
  const root = await makeAuthority({ ...issue(), name: 'Test TLS root' });
  const devices = await makeAuthority({ ...issue(), name: 'Test device root' });
  const issued = { ...issue(), ...dates };
  const first = await makeServerCertificate({ ...issued, authority: root, hosts });
  const tls = below
    ? await makeServerCertificate({ ...issued, serial: randomBytes(16), authority: first, hosts })
    : first;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const gateways = new Map<string, string>();

  const claim = async (body: ClaimRequest) => {
    const request = await readCertificateRequest(body.request);
    const key = createHash('sha256').update(request.publicKey).digest('hex');
    const gateway = named ?? gateways.get(key) ?? `gw-${gateways.size + 1}`;
    gateways.set(key, gateway);
    const made = await makeDeviceCertificate({
      ...{ ...issued, serial: randomBytes(16), authority: devices, request, gateway },
    });
    return fixture.alter({
      ...enrolmentOf(gateway, made.chain, root.certificate),
      tenantKey: spkiOf(publicKey),
    });
  };
  const own = async (asked: IncomingMessage, answer: ServerResponse) => {
    if (asked.url?.startsWith(TENANT_PATH)) {
      const named = { tenant: 'tenant-1', tenantName: 'Theatre' };
      return send(answer, { ...named, publicKey: spkiOf(publicKey) });
    }
    if (asked.url !== CLAIM_PATH) return send(answer, { code: 'none', message: 'none' }, 404);
    return send(answer, await claim(ClaimRequest.parse(JSON.parse(await bodyOf(asked)))));
  };
  const server = createServer(
    { key: tls.privateKey, cert: `${tls.chain}\n${extra}` },
    (asked, answer) => {
      fixture.requests.push(`${asked.method} ${asked.url?.split('?')[0]}`);
      const plain = () => own(asked, answer);
      const done = fixture.misbehave ? fixture.misbehave(asked, answer, plain) : plain();
      done.catch(() => asked.socket.destroy());
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `https://127.0.0.1:${port}`;
  const code = (changes: Partial<Config> = {}) =>
    makeConfigCode(
      {
        url,
        claim: randomBytes(16),
        pins: [fingerprintOf(root.certificate), randomBytes(32)],
        expires: NOW + 3_600_000,
        ...changes,
      },
      privateKey,
    );
  const fixture: EnrolServer = {
    url,
    tenantKey: privateKey,
    root,
    requests: [],
    gateways,
    misbehave: undefined,
    alter: (enrolment) => enrolment,
    code,
    stop: () => stop(server),
  };
  return fixture;
}

/** SubjectPublicKeyInfo DER, base64. */
export function spkiOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}

function enrolmentOf(gateway: string, certificate: string, root: string): Enrolment {
  return {
    gateway,
    tenant: 'tenant-1',
    tenantName: 'Theatre',
    certificate,
    tlsRoots: [root],
    mqtt: { url: 'mqtts://127.0.0.1:8883' },
    venueKey: Buffer.alloc(32, 7).toString('base64'),
    timeZone: 'Europe/Amsterdam',
    configuration: {
      version: 1,
      name: 'Main door',
      venue: 'theatre',
      entrance: 'main',
      language: 'nl',
      halls: [],
      lanes: [{ lane: 'lane-1', name: 'Left', direction: 'entry', staffed: true }],
    },
  };
}

export function send(answer: ServerResponse, body: object, status = 200): void {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(asked: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of asked as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString();
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
