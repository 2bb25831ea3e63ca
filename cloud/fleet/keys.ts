import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  X509Certificate,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Delta, signedDeltaText } from '@gatehouse/protocol';
import { writeDurably } from '@gatehouse/provisioning';
import { type Credentials, makeAuthority } from '@gatehouse/provisioning/authority';
import { z } from 'zod';
import type { Random } from '../ports.ts';
import { fleetError } from './errors.ts';

/** Everything secret that makes this cloud itself: one file, 0600, to be backed up. */
export const FLEET_KEYS_FILE = 'fleet-keys.json';

const SERIAL_BYTES = 16;
const DAY_MS = 86_400_000;
/** The next issuing authority takes over when this one has so long left: certificates are shorter. */
export const ISSUING_LEFT_MS = 365 * DAY_MS;

const Pair = z.object({ certificate: z.string(), chain: z.string(), privateKey: z.string() });
const FleetKeys = z.object({
  version: z.literal(1),
  tenantKey: z.string().describe('Ed25519, PKCS #8 PEM: signs config codes and deltas'),
  tlsRoot: Pair.describe('vouches for our servers'),
  nextTlsRoot: Pair.describe('made ahead, so that every device knows its pin before it is used'),
  deviceRoot: Pair.describe('what servers trust; its private key may be kept elsewhere'),
  deviceIssuing: Pair.describe('signs device certificates'),
});
export type FleetKeys = z.infer<typeof FleetKeys>;

/**
 * The keys of this cloud; made at the first start. One file, replaced as a whole, so that a crash
 * never leaves half of them.
 * @throws `fleet-keys-unreadable`, `disk-failed`
 */
export async function loadFleetKeys(
  dataDir: string,
  now: number,
  random: Random,
): Promise<FleetKeys> {
  const path = join(dataDir, FLEET_KEYS_FILE);
  const text = await readIfThere(path);
  if (text !== undefined) {
    const kept = readKeys(text);
    const next = await withFreshIssuing(kept, now, random);
    if (next !== kept) await writeKeys(path, next);
    return next;
  }
  const keys = await makeKeys(now, random);
  await writeKeys(path, keys);
  return keys;
}

const writeKeys = (path: string, keys: FleetKeys) =>
  writeDurably(path, `${JSON.stringify(keys, null, 2)}\n`);

/**
 * The same keys, or with the next issuing authority where the present one ends within a year.
 * Devices show theirs along with their certificate, so both are good beside each other.
 * @throws `device-root-needed` where that has ended and the root's key was taken offline
 */
async function withFreshIssuing(keys: FleetKeys, now: number, random: Random): Promise<FleetKeys> {
  const { deviceRoot } = keys;
  const left = new X509Certificate(keys.deviceIssuing.certificate).validToDate.getTime() - now;
  if (left > ISSUING_LEFT_MS) return keys;
  if (deviceRoot.privateKey === '') {
    if (left > 0) return keys;
    throw fleetError('device-root-needed', { file: FLEET_KEYS_FILE });
  }
  const name = 'Gatehouse devices, issuing';
  const serial = random(SERIAL_BYTES);
  return { ...keys, deviceIssuing: await makeAuthority({ name, now, serial, issuer: deviceRoot }) };
}

/** Until when devices get certificates, where only the root's key, which is elsewhere, can help. */
export function issuingEnds({ deviceRoot, deviceIssuing }: FleetKeys, now: number) {
  const ends = new X509Certificate(deviceIssuing.certificate).validToDate.getTime();
  return deviceRoot.privateKey === '' && ends - now <= ISSUING_LEFT_MS ? ends : undefined;
}

/** Vouches for the JSON text of a DeltaBody with the tenant's key. */
export function signDelta(tenantKey: KeyObject, body: string): Delta {
  const signature = sign(null, Buffer.from(signedDeltaText(body)), tenantKey);
  return { body, signature: signature.toString('base64') };
}

async function makeKeys(now: number, random: Random): Promise<FleetKeys> {
  const make = (name: string, issuer?: Credentials) =>
    makeAuthority({
      name,
      now,
      serial: random(SERIAL_BYTES),
      ...(issuer === undefined ? {} : { issuer }),
    });
  const deviceRoot = await make('Gatehouse devices');
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    version: 1,
    tenantKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    tlsRoot: await make('Gatehouse servers'),
    nextTlsRoot: await make('Gatehouse servers, next'),
    deviceRoot,
    deviceIssuing: await make('Gatehouse devices, issuing', deviceRoot),
  };
}

/** New keys beside enrolled gateways would lock all of them out, so nothing is made here. */
function readKeys(text: string): FleetKeys {
  try {
    const keys = FleetKeys.parse(JSON.parse(text));
    createPrivateKey(keys.tenantKey);
    return keys;
  } catch (cause) {
    throw fleetError('fleet-keys-unreadable', { file: FLEET_KEYS_FILE }, cause);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw fleetError('fleet-keys-unreadable', { file: FLEET_KEYS_FILE }, cause);
  }
}
