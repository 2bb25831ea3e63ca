import { type KeyObject, sign, verify } from 'node:crypto';
import { CONFIG_PREFIX, concat, type Moment } from '@gatehouse/protocol';
import { Encoder } from 'cbor-x';
import { z } from 'zod';
import { fromBase45, toBase45 } from './base45.ts';
import { provisioningError } from './errors.ts';

export const CONFIG_VERSION = 1;
export const CLAIM_BYTES = 16;
export const PIN_BYTES = 32;
/** What a QR code of version 13 at level M holds in alphanumeric mode (ISO/IEC 18004). */
export const CONFIG_CODE_LENGTH_MAX = 483;

const SIGNATURE_BYTES = 64;
/** Goes before the signed bytes, so that no other signature of a tenant passes for this one. */
const SIGNED_AS = new TextEncoder().encode('gatehouse/config/1\0');

/** A Wi-Fi with a password (WPA), or an open one with an empty key. */
export interface WifiNetwork {
  readonly ssid: string;
  readonly key: string;
}

/** What a config code carries. */
export interface Config {
  /** Origin of the enrolment server, `https://host:port`. */
  readonly url: string;
  /** The token that is worth an enrolment, 16 random bytes. */
  readonly claim: Uint8Array;
  /** SHA-256 of our own TLS root certificates (DER): the present one, then the next one. */
  readonly pins: readonly Uint8Array[];
  /** Wi-Fi to join first; anyone who reads the code can read the key. */
  readonly net?: WifiNetwork | undefined;
  /** Good before this moment; kept in whole seconds. */
  readonly expires: Moment;
}

/** A config code taken apart; believe `config` only after `verifyConfigCode`. */
export interface ReadConfigCode {
  readonly config: Config;
  /** The CBOR bytes that the tenant signed. */
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

const bytes = (length: number) =>
  z.instanceof(Uint8Array).refine((value) => value.length === length, `needs ${length} bytes`);

const Payload = z.strictObject({
  v: z.literal(CONFIG_VERSION),
  exp: z.number().int().min(0).max(0xffff_ffff),
  net: z.tuple([z.string().min(1).max(32), z.string().max(63)]).optional(),
  url: z.string().refine(isHttpsOrigin, 'needs an origin such as https://host:port'),
  pins: z.array(bytes(PIN_BYTES)).min(1).max(2),
  claim: bytes(CLAIM_BYTES),
});

const cbor = new Encoder({ useRecords: false, variableMapSize: true, tagUint8Array: false });

/**
 * The text of a config code, signed by the tenant (layout: docs/provisioning.md).
 * @param tenantPrivateKey Ed25519
 * @throws `config-invalid`, `config-code-too-long`
 */
export function makeConfigCode(config: Config, tenantPrivateKey: KeyObject): string {
  const fields = Payload.safeParse({
    v: CONFIG_VERSION,
    exp: Math.floor(config.expires / 1000),
    ...(config.net === undefined ? {} : { net: [config.net.ssid, config.net.key] }),
    url: config.url,
    pins: config.pins,
    claim: config.claim,
  });
  if (!fields.success) {
    const issue = fields.error.issues[0];
    throw provisioningError('config-invalid', {
      field: issue?.path.join('.') ?? '',
      fault: issue?.message ?? '',
    });
  }
  const payload = encode(fields.data);
  const signature = sign(null, concat(SIGNED_AS, payload), tenantPrivateKey);
  const text = CONFIG_PREFIX + toBase45(concat(payload, signature));
  if (text.length > CONFIG_CODE_LENGTH_MAX) {
    throw provisioningError('config-code-too-long', {
      length: text.length,
      limit: CONFIG_CODE_LENGTH_MAX,
    });
  }
  return text;
}

/**
 * Takes a config code apart without believing it. Blanks around it and lower case are forgiven.
 * @throws `config-code-foreign`, `config-code-damaged`, `config-code-version`
 */
export function readConfigCode(text: string): ReadConfigCode {
  const clean = text.trim().toUpperCase();
  const version = /^GHC(\d+):/.exec(clean)?.[1];
  if (version === undefined) throw provisioningError('config-code-foreign');
  if (!clean.startsWith(CONFIG_PREFIX)) throw provisioningError('config-code-version', { version });
  const whole =
    clean.length > CONFIG_CODE_LENGTH_MAX
      ? undefined
      : fromBase45(clean.slice(CONFIG_PREFIX.length));
  if (whole === undefined || whole.length <= SIGNATURE_BYTES) {
    throw provisioningError('config-code-damaged');
  }
  const payload = whole.slice(0, -SIGNATURE_BYTES);
  return { config: decode(payload), payload, signature: whole.slice(-SIGNATURE_BYTES) };
}

/**
 * Checks that the tenant signed the code.
 * @param tenantPublicKey Ed25519
 * @param tenant its name, for the error
 * @throws `config-code-forged`
 */
export function verifyConfigCode(
  read: ReadConfigCode,
  tenantPublicKey: KeyObject,
  tenant = 'this tenant',
): void {
  const signed = concat(SIGNED_AS, read.payload);
  if (!verify(null, signed, tenantPublicKey, read.signature)) {
    throw provisioningError('config-code-forged', { tenant });
  }
}

/**
 * Checks that the code may still be used.
 * @throws `config-code-expired`
 */
export function checkNotExpired(config: Config, now: Moment): void {
  if (now < config.expires) return;
  throw provisioningError('config-code-expired', {
    expires: new Date(config.expires).toISOString(),
  });
}

/** Deterministic CBOR (RFC 8949, 4.2.1): these are the keys in the order of their bytes. */
function encode(fields: z.infer<typeof Payload>): Uint8Array {
  const { v, exp, net, url, pins, claim } = fields;
  return cbor.encode({ v, exp, ...(net === undefined ? {} : { net }), url, pins, claim });
}

function decode(payload: Uint8Array): Config {
  const value = decodeCbor(payload);
  if (typeof value !== 'object' || value === null) throw provisioningError('config-code-damaged');
  if ('v' in value && typeof value.v === 'number' && value.v !== CONFIG_VERSION) {
    throw provisioningError('config-code-version', { version: value.v });
  }
  const fields = Payload.safeParse(value);
  if (!fields.success || !sameBytes(encode(fields.data), payload)) {
    throw provisioningError('config-code-damaged');
  }
  const { exp, net, url, pins, claim } = fields.data;
  return {
    url,
    claim: Uint8Array.from(claim),
    pins: pins.map((pin) => Uint8Array.from(pin)),
    ...(net === undefined ? {} : { net: { ssid: net[0], key: net[1] } }),
    expires: exp * 1000,
  };
}

function decodeCbor(payload: Uint8Array): unknown {
  try {
    return cbor.decode(payload);
  } catch (cause) {
    throw provisioningError('config-code-damaged', {}, cause);
  }
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

function isHttpsOrigin(text: string): boolean {
  return URL.canParse(text) && text.startsWith('https://') && new URL(text).origin === text;
}
