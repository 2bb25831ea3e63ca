import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import {
  CLAIM_BYTES,
  type ClaimRequest,
  claimDigest,
  type Enrolment,
  EntranceConfiguration,
  isAskedBy,
  type PageAnswer,
  type PageRequest,
  provisioningError,
  type Renewal,
  type RenewRequest,
  type TenantAnswer,
} from '@gatehouse/provisioning';
import {
  type CertificateRequest,
  type DeviceCertificate,
  makeDeviceCertificate,
  readCertificateRequest,
} from '@gatehouse/provisioning/authority';
import type { Kysely } from 'kysely';
import type { Clock, Log, Random, Tenant } from '../ports.ts';
import type { EnrolDesk } from './enrol-server.ts';
import { hasPlace, noteCertificate, reserveUse } from './enrol-store.ts';
import type { FleetKeys } from './keys.ts';
import * as store from './store.ts';

const SERIAL_BYTES = 16;
const GATEWAY_ID_CHARACTERS = 10;
/** Crockford's, in lower case: nothing that two people read differently. */
const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz';

export interface EnrolDeskParts {
  readonly db: Kysely<store.FleetTables>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  readonly log: Log;
  readonly keys: FleetKeys;
  readonly tenant: Tenant & { readonly name: string; readonly timeZone: string };
  /** The broker as this gateway shall reach it. */
  mqtt(): Enrolment['mqtt'];
  /** Is told of a gateway that has a place, or another certificate to come with. */
  onIssued(gateway: store.GatewayTable): void;
  readonly pageName?: PageNameOf | undefined;
}

/** The public name of the pages of a gateway that is known to ask, and the certificate of it. */
export type PageNameOf = (
  gateway: string,
  asked: Pick<PageRequest, 'request' | 'addresses'>,
) => Promise<PageAnswer>;

/** Answers devices that come with a config code. */
export function createEnrolDesk(parts: EnrolDeskParts): EnrolDesk {
  return {
    tenant: (claim) => introduce(parts, claim),
    claim: (asked) => enrol(parts, asked),
    renew: (asked) => renew(parts, asked),
    page: (asked) => page(parts, asked),
  };
}

async function introduce(
  { db, keys, tenant }: EnrolDeskParts,
  claim: string | undefined,
): Promise<TenantAnswer> {
  const publicKey = tenantPublicKey(keys);
  const code = claim === undefined ? undefined : await store.findConfigCode(db, claim);
  const answer = { tenant: tenant.id, tenantName: tenant.name, publicKey };
  if (code === undefined) return answer;
  const { name, venue, entrance } = EntranceConfiguration.parse(JSON.parse(code.configuration));
  return { ...answer, place: { name, venue, entrance } };
}

/**
 * Gives a device its gateway id, certificate and configuration.
 * @throws `request-invalid`, `claim-…`, `gateway-revoked`
 */
async function enrol(parts: EnrolDeskParts, asked: ClaimRequest): Promise<Enrolment> {
  const { clock, db, keys, log, random, tenant } = parts;
  const request = await readCertificateRequest(asked.request);
  const taken = await reserveUse(
    db,
    {
      claim: claimDigest(claimBytes(asked)),
      keyDigest: digestOf(request.publicKey),
      publicKey: request.publicKey,
      hardware: asked.hardware,
      software: asked.software,
    },
    newGatewayId(random),
    clock.now(),
  );
  if ('refused' in taken) {
    log.warn({ code: taken.refused }, 'a device was not enrolled');
    throw provisioningError(taken.refused);
  }
  const { gateway } = taken;
  const certificate = await issue(parts, gateway, request);
  log.info({ gateway: gateway.id, again: !taken.isNew }, 'a device was enrolled');
  return {
    gateway: gateway.id,
    tenant: tenant.id,
    tenantName: tenant.name,
    certificate: certificate.chain,
    tlsRoots: [keys.tlsRoot.certificate, keys.nextTlsRoot.certificate],
    mqtt: parts.mqtt(),
    venueKey: Buffer.from(tenant.venueKey).toString('base64'),
    tenantKey: tenantPublicKey(keys),
    timeZone: tenant.timeZone,
    configuration: EntranceConfiguration.parse(JSON.parse(gateway.configuration)),
  };
}

/**
 * Signs the key of a gateway anew. What the old certificate's dates say does not matter: a key
 * that was enrolled and not revoked may do this one thing for ever.
 * @throws `request-invalid`, `gateway-…`, `reservation-lapsed`
 */
async function renew(parts: EnrolDeskParts, asked: RenewRequest): Promise<Renewal> {
  const { clock, db, keys, log } = parts;
  const request = await readCertificateRequest(asked.request);
  const gateway = await store.findGateway(db, asked.gateway);
  if (gateway?.key_digest !== digestOf(request.publicKey)) {
    throw provisioningError('gateway-not-enrolled');
  }
  if (gateway.revoked !== null) throw provisioningError('gateway-revoked');
  if (!hasPlace(gateway, clock.now())) throw provisioningError('reservation-lapsed');
  const certificate = await issue(parts, gateway, request);
  log.info({ gateway: gateway.id }, 'a gateway has renewed its certificate');
  return {
    certificate: certificate.chain,
    tlsRoots: [keys.tlsRoot.certificate, keys.nextTlsRoot.certificate],
    mqtt: parts.mqtt(),
  };
}

/** @throws `request-invalid`, `gateway-…` */
async function page(parts: EnrolDeskParts, asked: PageRequest): Promise<PageAnswer> {
  const gateway = await store.findGateway(parts.db, asked.gateway);
  if (!gateway || !isAskedBy(gateway.public_key, asked)) {
    throw provisioningError('gateway-not-enrolled');
  }
  if (gateway.revoked !== null) throw provisioningError('gateway-revoked');
  // Nobody has compared its key yet: it gets no name that people would trust.
  if (gateway.accepted === null || !parts.pageName) return { name: null, chain: null };
  return parts.pageName(gateway.id, asked);
}

async function issue(
  { clock, db, keys, onIssued, random }: EnrolDeskParts,
  gateway: store.GatewayTable,
  request: CertificateRequest,
): Promise<DeviceCertificate> {
  const certificate = await makeDeviceCertificate({
    authority: keys.deviceIssuing,
    request,
    gateway: gateway.id,
    now: clock.now(),
    serial: random(SERIAL_BYTES),
  });
  await noteCertificate(db, gateway.id, certificate);
  // Read again: one that was revoked meanwhile must not be let in.
  const row = await store.findGateway(db, gateway.id);
  if (row !== undefined) onIssued(row);
  return certificate;
}

function digestOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex');
}

/** SubjectPublicKeyInfo DER, base64. */
function tenantPublicKey({ tenantKey }: FleetKeys): string {
  const publicKey = createPublicKey(createPrivateKey(tenantKey));
  return publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
}

function claimBytes({ claim }: ClaimRequest): Uint8Array {
  const bytes = Buffer.from(claim, 'base64');
  if (bytes.length !== CLAIM_BYTES) throw provisioningError('request-invalid', { fault: 'claim' });
  return bytes;
}

/** 50 random bits: never drawn twice in a house's life, short enough to be read out. */
function newGatewayId(random: Random): string {
  const characters = Array.from(random(GATEWAY_ID_CHARACTERS), (byte) => BASE32[byte & 31]);
  return `gw-${characters.join('')}`;
}
