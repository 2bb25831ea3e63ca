import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { GatehouseError, type Moment } from '@gatehouse/protocol';
import type { z } from 'zod';
import {
  type Config,
  checkNotExpired,
  type ReadConfigCode,
  readConfigCode,
  verifyConfigCode,
  type WifiNetwork,
} from './config-code.ts';
import { type Disk, systemDisk } from './durable-file.ts';
import { type EnrolLink, type OpenEnrolLink, openPinnedLink } from './enrol-link.ts';
import { provisioningError } from './errors.ts';
import {
  claimDigest,
  isKeyOf,
  keepEnrolment,
  keepPrivateKey,
  loadEnrolment,
  loadPrivateKey,
} from './kept-enrolment.ts';
import { CLAIM_PATH, type ClaimRequest, Enrolment, TENANT_PATH, TenantAnswer } from './messages.ts';
import { ANY_TIME, eraAt } from './server-trust.ts';
import { typedClaim } from './typed-code.ts';

/** What is shown to the technician before anything is written. */
export interface Offer {
  readonly tenant: string;
  readonly tenantName: string;
  /** Ids of venue and entrance and the gateway's name, where the server knows the claim. */
  readonly place: TenantAnswer['place'];
  readonly url: string;
}

/** A typed code, after somebody has compared the fingerprint of the server's root. */
export interface TypedTwin {
  readonly url: string;
  readonly code: string;
  /** SHA-256 of the root's DER. */
  readonly pin: Uint8Array;
}

export interface ClaimOptions {
  /** Text of the config code as it was read; or a typed one, with what was compared. */
  readonly configText: string | TypedTwin;
  /** Folder for key and enrolment; made if missing. */
  readonly dataDir: string;
  /** `trusted` is false where only the server may say that a code, or a certificate, has expired. */
  readonly clock: { now(): Moment; readonly trusted?: boolean };
  /** Joins the Wi-Fi that a code names; without it a code's Wi-Fi is left alone. */
  readonly joinWifi?: ((network: WifiNetwork) => Promise<void>) | undefined;
  /** Model and revision of this device, for the administrator. */
  readonly hardware: string;
  readonly software: string;
  /** Asks the technician; without it nobody is asked. */
  readonly confirm?: ((offer: Offer) => Promise<boolean>) | undefined;
  /** Takes the place of an enrolment that is there; it stays if the claim fails. */
  readonly replace?: boolean;
  readonly disk?: Disk;
  readonly openLink?: OpenEnrolLink;
}

/**
 * Makes this device a gateway (steps: docs/provisioning.md). Nothing is written before server and
 * signature have been checked, and the enrolment is the last thing written. May be repeated after
 * any failure: the same claim with the same key gives the same gateway id.
 * @throws every code of errors.ts but those of making a code
 */
export async function claimEntrance(options: ClaimOptions): Promise<Enrolment> {
  const { configText, dataDir, clock, confirm, disk = systemDisk } = options;
  const { openLink = openPinnedLink } = options;
  const read = typeof configText === 'string' ? readConfigCode(configText) : readTwin(configText);
  const claim = claimDigest(read.config.claim);
  const kept = await loadEnrolment(dataDir);
  if (kept.state === 'configured') {
    if (kept.claim === claim) return kept.enrolment;
    if (!options.replace)
      throw provisioningError('already-enrolled', { gateway: kept.enrolment.gateway });
  }
  const isTrusted = clock.trusted !== false;
  if (isTrusted) checkNotExpired(read.config, clock.now());

  const open = () => openLink(read.config, isTrusted ? eraAt(clock.now()) : ANY_TIME);
  const link = await reach(read.config, open, options.joinWifi);
  const { offer, key } = await askTenant(link, read, claim);
  if (confirm !== undefined && !(await confirm(offer))) throw provisioningError('not-confirmed');

  // Loaded only here: the certificate library takes half a second and 45 MB that a gateway which
  // is configured has better use for.
  const authority = await import('./authority.ts');
  const privateKey = (await loadPrivateKey(dataDir)) ?? (await authority.makePrivateKey());
  // On disk before the server counts it, or a crash would cost a second use; an earlier,
  // interrupted claim may have written it without flushing, so it is written in any case.
  await keepPrivateKey(dataDir, privateKey, disk);
  const body: ClaimRequest = {
    claim: Buffer.from(read.config.claim).toString('base64'),
    request: await authority.makeCertificateRequest(privateKey),
    hardware: options.hardware,
    software: options.software,
  };
  const host = new URL(read.config.url).host;
  const enrolment = fit(Enrolment, await link.post(CLAIM_PATH, body), host);
  const fault =
    faultOf(enrolment, privateKey, offer.tenant, link.root) ?? tenantKeyFault(enrolment, key);
  if (fault !== undefined) throw provisioningError('server-answer-invalid', { host, fault });
  await keepEnrolment(dataDir, claim, enrolment, disk, { server: read.config.url, active: false });
  return enrolment;
}

function readTwin({ url, code, pin }: TypedTwin): ReadConfigCode {
  const config = { url, claim: typedClaim(code), pins: [pin], expires: Number.POSITIVE_INFINITY };
  return { config, payload: new Uint8Array(), signature: new Uint8Array() };
}

/** A cable may do where the Wi-Fi does not. */
async function reach(
  config: Config,
  open: () => Promise<EnrolLink>,
  joinWifi: ClaimOptions['joinWifi'],
): Promise<EnrolLink> {
  const { net } = config;
  const failed =
    net &&
    joinWifi &&
    (await joinWifi(net).then(
      () => undefined,
      (error) => error,
    ));
  try {
    return await open();
  } catch (error) {
    const isAway = error instanceof GatehouseError && error.code === 'server-unreachable';
    throw isAway && failed instanceof Error ? failed : error;
  }
}

/** Whose server this is; after it the code's signature is known to be that tenant's. */
async function askTenant(
  link: EnrolLink,
  read: ReadConfigCode,
  claim: string,
): Promise<{ offer: Offer; key: KeyObject }> {
  const { config } = read;
  const host = new URL(config.url).host;
  const tenant = fit(TenantAnswer, await link.get(`${TENANT_PATH}?claim=${claim}`), host);
  const key = tenantKey(tenant, config);
  // A typed code has no signature: its root was compared by a person.
  if (read.signature.length > 0) verifyConfigCode(read, key, tenant.tenantName);
  const { tenant: id, tenantName, place } = tenant;
  return { offer: { tenant: id, tenantName, place, url: config.url }, key };
}

function tenantKey({ publicKey }: TenantAnswer, config: Config): KeyObject {
  const host = new URL(config.url).host;
  try {
    const key = createPublicKey({
      key: Buffer.from(publicKey, 'base64'),
      format: 'der',
      type: 'spki',
    });
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(key.asymmetricKeyType);
    return key;
  } catch (cause) {
    const fault = 'the tenant key is not an Ed25519 key';
    throw provisioningError('server-answer-invalid', { host, fault }, cause);
  }
}

function fit<S extends z.ZodType>(schema: S, answer: unknown, host: string): z.infer<S> {
  const fitted = schema.safeParse(answer);
  if (fitted.success) return fitted.data;
  const issue = fitted.error.issues[0];
  const fault = `${issue?.path.join('.')}: ${issue?.message}`;
  throw provisioningError('server-answer-invalid', { host, fault });
}

/** Deltas are trusted by the key that has signed the config code, and by no other. */
function tenantKeyFault({ tenantKey }: Enrolment, key: KeyObject): string | undefined {
  if (tenantKey === undefined) return undefined;
  const der = key.export({ format: 'der', type: 'spki' });
  return der.equals(Buffer.from(tenantKey, 'base64')) ? undefined : 'the tenant key is another';
}

/** What would make the enrolment useless on this device, if anything. */
function faultOf(
  enrolment: Enrolment,
  privateKey: string,
  tenant: string,
  root: string,
): string | undefined {
  if (enrolment.tenant !== tenant) return 'it is of another tenant';
  try {
    if (!isKeyOf(privateKey, enrolment.certificate)) return 'the certificate is of another key';
    const device = new X509Certificate(enrolment.certificate);
    if (device.subject !== `CN=${enrolment.gateway}`) return 'the certificate has another name';
    const roots = enrolment.tlsRoots.map((pem) => new X509Certificate(pem).fingerprint256);
    const pinned = new X509Certificate(root).fingerprint256;
    return roots.includes(pinned) ? undefined : 'the pinned root is not among its roots';
  } catch (cause) {
    return cause instanceof Error ? cause.message : 'a certificate is damaged';
  }
}
