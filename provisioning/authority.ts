import 'reflect-metadata';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  KeyObject,
  webcrypto,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';
import { type Moment, toHex } from '@gatehouse/protocol';
import * as x509 from '@peculiar/x509';
import { provisioningError } from './errors.ts';
import { NAME_CONSTRAINTS, onlyFor } from './name-constraints.ts';

x509.cryptoProvider.set(webcrypto as Crypto);

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
export const AUTHORITY_YEARS = 20;
export const ISSUING_YEARS = 5;
export const SERVER_DAYS = 730;
export const DEVICE_DAYS = 90;
/** A server whose clock is a little behind still takes a device's brand-new certificate. */
const DEVICE_BACKDATE_MS = 3_600_000;
/**
 * Server certificates are good from long ago, because a Pi without a battery-backed clock wakes
 * up in the past and has to reach the server before it can learn the time.
 */
export const SERVER_VALID_FROM = new Date('2020-01-01T00:00:00Z');

/** A certificate with its private key, both PEM. `chain` is the certificate and those above it. */
export interface Credentials {
  readonly certificate: string;
  readonly chain: string;
  readonly privateKey: string;
}

interface Issue {
  /** 16 random bytes. */
  readonly serial: Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A P-256 key pair, the private part as PKCS #8 PEM. */
export async function makePrivateKey(): Promise<string> {
  const { privateKey } = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  return KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }) as string;
}

/**
 * Makes a certificate authority: a root, or one below `issuer`.
 * @param name common name, shown to people who look at the certificate
 */
export async function makeAuthority(
  options: Issue & {
    readonly name: string;
    readonly issuer?: Credentials;
    /** DNS names (and all below them) that it may vouch for, beside private addresses; all if left out. */
    readonly only?: readonly string[];
  },
): Promise<Credentials> {
  const { issuer, name, now, serial, only } = options;
  const privateKey = await makePrivateKey();
  const keys = keyPair(privateKey);
  const years = issuer === undefined ? AUTHORITY_YEARS : ISSUING_YEARS;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialText(serial),
    subject: [{ CN: [name] }],
    issuer: issuer === undefined ? [{ CN: [name] }] : subjectOf(issuer),
    notBefore: SERVER_VALID_FROM,
    notAfter: new Date(now + years * YEAR_MS),
    publicKey: keys.publicKey,
    signingKey: issuer === undefined ? keys.privateKey : keyPair(issuer.privateKey).privateKey,
    signingAlgorithm: P256,
    extensions: [
      new x509.BasicConstraintsExtension(true, issuer === undefined ? 1 : 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ...(issuer === undefined ? [] : [await issuedBy(issuer)]),
      ...(only === undefined ? [] : [new x509.Extension(NAME_CONSTRAINTS, true, onlyFor(only))]),
    ],
  });
  return credentials(certificate, privateKey, issuer);
}

/**
 * Makes a TLS server certificate. Its `chain` ends in the root, which a device needs in order to
 * compare it with the pin of its config code.
 * @param hosts DNS names and IP addresses
 */
export async function makeServerCertificate(
  options: Issue & {
    readonly authority: Credentials;
    readonly hosts: readonly string[];
    /** From when it is good, if not from long ago. */
    readonly from?: Moment;
    /** PKCS #8 PEM; a new one if left out. */
    readonly key?: string;
  },
): Promise<Credentials> {
  const { authority, hosts, from, now, serial } = options;
  const privateKey = options.key ?? (await makePrivateKey());
  const keys = keyPair(privateKey);
  const names = hosts.map((host) =>
    isIP(host) === 0 ? ({ type: 'dns', value: host } as const) : ipName(host),
  );
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialText(serial),
    subject: [{ CN: [hosts[0] ?? 'gatehouse'] }],
    issuer: subjectOf(authority),
    notBefore: from === undefined ? SERVER_VALID_FROM : new Date(from),
    notAfter: new Date(now + SERVER_DAYS * DAY_MS),
    publicKey: keys.publicKey,
    signingKey: keyPair(authority.privateKey).privateKey,
    signingAlgorithm: P256,
    extensions: [
      ...(await leafExtensions(authority, keys.publicKey, x509.ExtendedKeyUsage.serverAuth)),
      new x509.SubjectAlternativeNameExtension(names),
    ],
  });
  return credentials(certificate, privateKey, authority);
}

/** A certificate request for a device's own key, PEM. The cloud names the device, not this. */
export async function makeCertificateRequest(privateKey: string): Promise<string> {
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: ['gatehouse gateway'] }],
    keys: keyPair(privateKey),
    signingAlgorithm: P256,
  });
  return request.toString('pem');
}

/** A certificate request for a key of a server's, with the one name that it shall have, PEM. */
export async function makeNameRequest(privateKey: string, name: string): Promise<string> {
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [name] }],
    keys: keyPair(privateKey),
    signingAlgorithm: P256,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
  });
  return request.toString('pem');
}

/** DER of a certificate request. */
export function requestDer(pem: string): Uint8Array {
  return new Uint8Array(new x509.Pkcs10CertificateRequest(pem).rawData);
}

/** A certificate request whose signature proves that the asker holds the key. */
export interface CertificateRequest {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

/**
 * Reads and checks a certificate request; only the key in it counts, never the names.
 * @throws `request-invalid`
 */
export async function readCertificateRequest(pem: string): Promise<CertificateRequest> {
  try {
    const request = new x509.Pkcs10CertificateRequest(pem);
    const algorithm = request.publicKey.algorithm as EcKeyAlgorithm;
    if (algorithm.name !== 'ECDSA' || algorithm.namedCurve !== 'P-256') {
      throw new Error('the key is not P-256');
    }
    if (!(await request.verify())) throw new Error('the signature is not by the key');
    return { publicKey: new Uint8Array(request.publicKey.rawData) };
  } catch (cause) {
    const fault = cause instanceof Error ? cause.message : 'not a certificate request';
    throw provisioningError('request-invalid', { fault }, cause);
  }
}

/** A device certificate with what the cloud remembers of it. */
export interface DeviceCertificate {
  /** PEM: the device's certificate, then the issuing authority's. */
  readonly chain: string;
  /** Lower-case hex. */
  readonly serial: string;
  /** Milliseconds since 1970. */
  readonly ends: number;
}

/** Signs a device's key into a client certificate whose common name is the gateway id. */
export async function makeDeviceCertificate(
  options: Issue & {
    readonly authority: Credentials;
    readonly request: CertificateRequest;
    readonly gateway: string;
  },
): Promise<DeviceCertificate> {
  const { authority, gateway, now, request, serial } = options;
  const publicKey = new x509.PublicKey(Uint8Array.from(request.publicKey));
  const ends = Math.floor(now / 1000) * 1000 + DEVICE_DAYS * DAY_MS;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialText(serial),
    subject: [{ CN: [gateway] }],
    issuer: subjectOf(authority),
    notBefore: new Date(now - DEVICE_BACKDATE_MS),
    notAfter: new Date(ends),
    publicKey,
    signingKey: keyPair(authority.privateKey).privateKey,
    signingAlgorithm: P256,
    extensions: await leafExtensions(authority, publicKey, x509.ExtendedKeyUsage.clientAuth),
  });
  // The root is the verifier's to know; a device shows itself and the authority below the root.
  const chain = `${certificate.toString('pem')}\n${authority.certificate}`;
  return { chain, serial: serialText(serial), ends };
}

/** SHA-256 of a PEM certificate's DER bytes: its fingerprint, and its pin in a config code. */
export function fingerprintOf(certificate: string): Uint8Array {
  return createHash('sha256').update(new X509Certificate(certificate).raw).digest();
}

function keyPair(privateKey: string): CryptoKeyPair {
  const secret = createPrivateKey(privateKey);
  return {
    privateKey: secret.toCryptoKey(P256, false, ['sign']) as CryptoKey,
    publicKey: createPublicKey(secret).toCryptoKey(P256, true, ['verify']) as CryptoKey,
  };
}

function subjectOf(authority: Credentials): x509.JsonName {
  return new x509.X509Certificate(authority.certificate).subjectName.toJSON();
}

async function leafExtensions(
  authority: Credentials,
  publicKey: x509.PublicKeyType,
  usage: x509.ExtendedKeyUsage,
): Promise<x509.Extension[]> {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([usage], true),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
    await issuedBy(authority),
  ];
}

/** RFC 5280 wants it below a root, and strict verifiers insist. */
function issuedBy(authority: Credentials): Promise<x509.Extension> {
  const above = new x509.X509Certificate(authority.certificate);
  return x509.AuthorityKeyIdentifierExtension.create(above.publicKey);
}

function credentials(
  made: x509.X509Certificate,
  privateKey: string,
  issuer: Credentials | undefined,
): Credentials {
  const certificate = made.toString('pem');
  const chain = issuer === undefined ? certificate : `${certificate}\n${issuer.chain}`;
  return { certificate, chain, privateKey };
}

function ipName(value: string) {
  return { type: 'ip', value } as const;
}

/** A positive integer of 16 bytes, as RFC 5280 wants it. */
function serialText(serial: Uint8Array): string {
  const bytes = Uint8Array.from(serial);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return toHex(bytes);
}
