import { createHash, createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { writeDurably } from '@gatehouse/provisioning';
import {
  type Credentials,
  makeAuthority,
  makeServerCertificate,
} from '@gatehouse/provisioning/authority';
import { gatewayError } from '../errors.ts';
import { readPage } from './public-name.ts';

/** The gateway's own authority: made once, for managed devices to trust. */
export const AUTHORITY_FILE = 'web-authority.json';
const SERIAL_BYTES = 16;

export interface WebCertificate {
  /** PEM, the server's first. */
  readonly chain: string;
  readonly key: string;
  /** SHA-256 of what a person compares: the own authority, or the certificate from the file. */
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly ends: number;
  /** The public name that the cloud has got for it. */
  readonly name?: string | undefined;
}

export interface CertificateOptions {
  readonly data: string;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly publicName?: string | undefined;
  readonly host: string;
  readonly now: number;
}

/**
 * The certificate of the gateway's own pages: from files, by the cloud, or made here under an authority that can
 * vouch for nothing but this machine's names and private addresses.
 * @throws GatehouseError `web-certificate-unusable`
 */
export async function webCertificate(options: CertificateOptions): Promise<WebCertificate> {
  try {
    if (options.certificate) return await fromFiles(options);
    return (await fromCloud(options)) ?? (await made(options));
  } catch (cause) {
    throw gatewayError('web-certificate-unusable', { fault: (cause as Error).message }, cause);
  }
}

/** What the cloud has got for its public name, if it has. */
async function fromCloud({ data }: CertificateOptions): Promise<WebCertificate | undefined> {
  const { current } = await readPage(data);
  if (!current) return undefined;
  const { name, key, chain } = current;
  try {
    const leaf = new X509Certificate(chain);
    createSecureContext({ cert: chain, key });
    const ends = leaf.validToDate.getTime();
    return { chain, key, fingerprint: fingerprint(leaf), ends, name };
  } catch {
    // A damaged one never keeps lanes from starting; it is asked for anew.
    return undefined;
  }
}

async function fromFiles({ certificate = '', key = certificate }: CertificateOptions) {
  const [chain, secret] = await Promise.all([readFile(certificate, 'utf8'), readFile(key, 'utf8')]);
  const leaf = named(certificate, () => new X509Certificate(chain));
  const privateKey = named(key, () => createPrivateKey(secret));
  if (!leaf.checkPrivateKey(privateKey)) {
    throw new Error(`${key} is not the key of ${certificate}`);
  }
  // Says now what would else fail at the first handshake.
  named(certificate, () => createSecureContext({ cert: chain, key: secret }));
  const ends = leaf.validToDate.getTime();
  return { chain, key: secret, fingerprint: fingerprint(leaf), ends };
}

/** OpenSSL does not say which file it could not read. */
function named<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`${file}: ${(cause as Error).message}`, { cause });
  }
}

async function made(options: CertificateOptions): Promise<WebCertificate> {
  const { data, now } = options;
  const file = join(data, AUTHORITY_FILE);
  const names = namesOf(options);
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  let authority = kept === undefined ? undefined : (JSON.parse(kept) as Kept);
  if (!authority || names.some((name) => !authority?.names.includes(name))) {
    const serial = randomBytes(SERIAL_BYTES);
    const name = `Gatehouse gateway ${hostname()}`;
    authority = { ...(await makeAuthority({ name, only: names, now, serial })), names };
    await writeDurably(file, JSON.stringify(authority));
  }
  const serial = randomBytes(SERIAL_BYTES);
  const hosts = [...names, ...addresses()];
  const server = await makeServerCertificate({ authority, hosts, now, serial });
  const root = new X509Certificate(authority.certificate);
  const ends = new X509Certificate(server.chain).validToDate.getTime();
  return { chain: server.chain, key: server.privateKey, fingerprint: fingerprint(root), ends };
}

type Kept = Credentials & { readonly names: readonly string[] };

function namesOf({ publicName }: CertificateOptions): string[] {
  const own = hostname()
    .toLowerCase()
    .replace(/\.local$/, '');
  const wanted = ['localhost', own, `${own}.local`, ...(publicName ? [publicName] : [])];
  return [...new Set(wanted)].filter((name) => /^[a-z0-9][a-z0-9.-]*$/i.test(name));
}

/** Addresses of this machine that others on its networks can reach; loopback too. */
export function addresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  const usable = all.map(({ address }) => address).filter((one) => !one.includes('%'));
  return [...new Set(['127.0.0.1', ...usable])].filter(isPrivate);
}

function isPrivate(address: string): boolean {
  return /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd]|fe[89ab])/i.test(
    address,
  );
}

function fingerprint(certificate: X509Certificate): string {
  const hex = createHash('sha256').update(certificate.raw).digest('hex').toUpperCase();
  return hex.match(/../g)?.join(':') ?? '';
}
