import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Disk, removeDurably, systemDisk, writeDurably } from './durable-file.ts';
import { provisioningError } from './errors.ts';
import { Enrolment, EntranceConfiguration, Renewal } from './messages.ts';

/** Files in a device's data folder, both 0600. */
export const KEY_FILE = 'device-key.pem';
export const ENROLMENT_FILE = 'enrolment.json';

const Kept = z.object({
  version: z.literal(1),
  claim: z.string().describe('SHA-256 of the claim that it came by, hex'),
  enrolment: Enrolment,
  server: z.string().max(300).optional().describe('origin of the enrolment server'),
  active: z.boolean().optional().describe('false until it has connected for the first time'),
  next: Renewal.optional().describe('takes over once it has connected'),
  before: EntranceConfiguration.optional().describe('runs again if the new one does not start'),
});

/** What a device remembers beside what it was given. */
export type EnrolmentNotes = Partial<
  Pick<z.infer<typeof Kept>, 'server' | 'active' | 'next' | 'before'>
>;

/** What a device is: nothing yet, or a gateway with everything it was given. Never between. */
export type KeptEnrolment =
  | { readonly state: 'unconfigured' }
  | {
      readonly state: 'configured';
      readonly enrolment: Enrolment;
      /** PKCS #8 PEM, the key of `enrolment.certificate`. */
      readonly privateKey: string;
      /** `claimDigest` of the claim that it came by. */
      readonly claim: string;
      readonly notes: EnrolmentNotes;
    };
export type ConfiguredDevice = Extract<KeptEnrolment, { state: 'configured' }>;

/**
 * Says whether this device is configured. The enrolment file alone decides: it is the last thing
 * that a claim writes.
 * @throws `enrolment-unreadable` where the file is there but is damaged or does not fit the key
 */
export async function loadEnrolment(dataDir: string): Promise<KeptEnrolment> {
  const text = await readIfThere(join(dataDir, ENROLMENT_FILE));
  if (text === undefined) return { state: 'unconfigured' };
  const kept = Kept.safeParse(parse(text));
  if (!kept.success) {
    const field = kept.error.issues[0]?.path.join('.') || 'the file';
    throw provisioningError('enrolment-unreadable', { fault: `${field} is wrong` });
  }
  const privateKey = await loadPrivateKey(dataDir);
  const { claim, enrolment, version: _, ...notes } = kept.data;
  if (privateKey === undefined || !isKeyOf(privateKey, enrolment.certificate)) {
    throw provisioningError('enrolment-unreadable', { fault: 'the key does not fit' });
  }
  return { state: 'configured', enrolment, privateKey, claim, notes };
}

/** Keeps an enrolment; with it on disk the device is configured. */
export async function keepEnrolment(
  dataDir: string,
  claim: string,
  enrolment: Enrolment,
  disk: Disk = systemDisk,
  notes: EnrolmentNotes = {},
): Promise<void> {
  const text = JSON.stringify({ version: 1, claim, enrolment, ...notes }, null, 2);
  await writeDurably(join(dataDir, ENROLMENT_FILE), `${text}\n`, { disk });
}

/**
 * A place that lapsed: the device is unconfigured again. Its key stays, so that it asks under the
 * same name when it reads the code once more.
 * @throws `disk-failed`
 */
export async function giveUpPlace(dataDir: string, disk: Disk = systemDisk): Promise<void> {
  await removeDurably(join(dataDir, ENROLMENT_FILE), disk);
}

/**
 * Factory reset: the device is unconfigured again and has no key. Other files stay, so that rows
 * not yet acknowledged survive.
 * @throws `disk-failed`
 */
export async function forgetEnrolment(dataDir: string, disk: Disk = systemDisk): Promise<void> {
  // First the enrolment: a crash in between leaves an unconfigured device with a spare key.
  await removeDurably(join(dataDir, ENROLMENT_FILE), disk);
  await removeDurably(join(dataDir, KEY_FILE), disk);
}

/** The device's private key, PKCS #8 PEM, if it has made one. */
export async function loadPrivateKey(dataDir: string): Promise<string | undefined> {
  const text = await readIfThere(join(dataDir, KEY_FILE));
  if (text === undefined) return undefined;
  try {
    createPrivateKey(text);
  } catch (cause) {
    throw provisioningError('enrolment-unreadable', { fault: 'the key is damaged' }, cause);
  }
  return text;
}

export async function keepPrivateKey(
  dataDir: string,
  privateKey: string,
  disk: Disk = systemDisk,
): Promise<void> {
  await writeDurably(join(dataDir, KEY_FILE), privateKey, { disk });
}

/** Whether a private key belongs to the first certificate of a PEM chain. */
export function isKeyOf(privateKey: string, chain: string): boolean {
  return new X509Certificate(chain).checkPrivateKey(createPrivateKey(privateKey));
}

/** SHA-256 of a claim, hex: names it where the claim itself must not be told. */
export function claimDigest(claim: Uint8Array): string {
  return createHash('sha256').update(claim).digest('hex');
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw provisioningError('enrolment-unreadable', { fault: 'it cannot be opened' }, cause);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
