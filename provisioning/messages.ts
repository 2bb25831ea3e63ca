import { LANGUAGES, type Language } from '@gatehouse/protocol';
import { z } from 'zod';

/** Version of the enrolment endpoints; stands in their paths. */
export const ENROL_VERSION = 1;
export const TENANT_PATH = `/enrol/${ENROL_VERSION}/tenant`;
export const CLAIM_PATH = `/enrol/${ENROL_VERSION}/claim`;
export const PAGE_PATH = `/enrol/${ENROL_VERSION}/page`;
export const RENEW_PATH = `/enrol/${ENROL_VERSION}/renew`;

export const GATEWAY_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const LANES_MAX = 32;
export const HALLS_MAX = 100;

/** Ways to open a lane, as docs/hardware.md names them. */
export const PROFILES = ['simulated', 'arduino', 'gpio', 'serial-relay', 'modbus-relay'] as const;
export const CAMERAS = ['rpicam', 'v4l2', 'file', 'none'] as const;

const id = z.string().min(1).max(64);
const name = z.string().trim().min(1).max(100);
const pem = z.string().max(16_384).startsWith('-----BEGIN CERTIFICATE-----');
const base64 = (bytes: number) =>
  z.base64().refine((text) => Buffer.from(text, 'base64').length === bytes, `needs ${bytes} bytes`);

export const LaneConfiguration = z.object({
  lane: id.describe('unique within its tenant: `<gateway>.<lane of the code>`'),
  name,
  direction: z.enum(['entry', 'exit']),
  staffed: z.boolean().describe('whether a person stands by'),
});

/** What an entrance is and does; the cloud sends it, the gateway keeps it. */
export const EntranceConfiguration = z.object({
  version: z.number().int().min(1).describe('goes up with every change'),
  name: name.describe('of the gateway, for people'),
  venue: id,
  entrance: id,
  language: z.enum(LANGUAGES as [Language, ...Language[]]),
  halls: z
    .array(z.string().min(1).max(200))
    .max(HALLS_MAX)
    .describe('halls the lanes lead to; empty for all'),
  hardware: z
    .object({
      profile: z.enum(PROFILES).optional().describe('what opens the lanes'),
      camera: z.enum(CAMERAS).optional().describe('what reads them'),
    })
    .optional()
    .describe('what should hang at the device; it says so where its own file names another'),
  withoutJournal: z
    .enum(['close', 'open'])
    .optional()
    .describe('what entry lanes do while the journal can’t be written; `close` if left out'),
  lanes: z
    .array(LaneConfiguration)
    .min(1)
    .max(LANES_MAX)
    .refine((lanes) => new Set(lanes.map(({ lane }) => lane)).size === lanes.length, {
      error: 'lane ids repeat',
    }),
});
export type EntranceConfiguration = z.infer<typeof EntranceConfiguration>;
export type LaneConfiguration = z.infer<typeof LaneConfiguration>;

/** Answer of GET /enrol/1/tenant: whose server this is. */
export const TenantAnswer = z.object({
  tenant: id,
  tenantName: name,
  publicKey: z.base64().max(200).describe('Ed25519, SubjectPublicKeyInfo DER'),
  place: z
    .object({ name, venue: id, entrance: id })
    .optional()
    .describe('what the claim is for, where the query names one the server knows'),
});
export type TenantAnswer = z.infer<typeof TenantAnswer>;

/** Query of GET /enrol/1/tenant. */
export const TenantQuery = z.object({
  claim: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe('SHA-256 of the claim, hex: the claim itself is told only after the signature held'),
});

/** Body of POST /enrol/1/claim. */
export const ClaimRequest = z.object({
  claim: base64(16).describe('the 16 bytes of the config code'),
  request: z.string().max(4096).describe('certificate request (PKCS #10, PEM) for the device key'),
  hardware: z.string().max(200).describe('model and revision'),
  software: z.string().max(200).describe('version'),
});
export type ClaimRequest = z.infer<typeof ClaimRequest>;

/** Answer of POST /enrol/1/claim: all a device needs to be a gateway. */
export const Enrolment = z.object({
  gateway: z.string().regex(GATEWAY_ID),
  tenant: id,
  tenantName: name,
  certificate: pem.describe('PEM chain: the device, then the issuing authority'),
  tlsRoots: z.array(pem).min(1).max(4).describe('roots that may vouch for our servers'),
  mqtt: z.object({
    url: z.url({ protocol: /^mqtts$/ }),
    servername: z.string().max(253).optional().describe('name to check, if not that of url'),
  }),
  venueKey: base64(32).describe('HMAC key of ticket digests'),
  tenantKey: base64(44)
    .optional()
    .describe('Ed25519, SubjectPublicKeyInfo DER: signs deltas; older enrolments lack it'),
  timeZone: z.string().min(1).max(64).describe('IANA, such as Europe/Amsterdam'),
  configuration: EntranceConfiguration,
});
export type Enrolment = z.infer<typeof Enrolment>;

/** Body of POST /enrol/1/renew: the request's signature proves the key that was enrolled. */
export const RenewRequest = z.object({
  gateway: z.string().regex(GATEWAY_ID),
  request: z.string().max(4096).describe('certificate request (PKCS #10, PEM) for the same key'),
  software: z.string().max(200).describe('version'),
});
export type RenewRequest = z.infer<typeof RenewRequest>;

/** Answer of POST /enrol/1/renew; the old certificate works until this one has connected. */
export const Renewal = Enrolment.pick({ certificate: true, tlsRoots: true, mqtt: true });
export type Renewal = z.infer<typeof Renewal>;

/** Answer with a status of 400 or more. */
export const EnrolProblem = z.object({ code: z.string().max(64), message: z.string().max(1000) });
export type EnrolProblem = z.infer<typeof EnrolProblem>;

/** Addresses that a gateway names at most. */
export const ADDRESSES_MAX = 16;

/** A gateway asks for a public name for its own pages, and for the certificate of it. */
export const PageRequest = z.object({
  gateway: z.string().regex(GATEWAY_ID),
  /** PEM; left out to ask only for the name. Of a key of its own, with that name. */
  request: z.string().max(8_192).optional(),
  addresses: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .max(ADDRESSES_MAX)
    .describe('where phones on its network reach it'),
  signature: z.base64().max(200).describe('by the device key, over pageText'),
});
export type PageRequest = z.infer<typeof PageRequest>;

/** What the device key signs: who asks for what. */
export function pageText({ gateway, request, addresses }: Omit<PageRequest, 'signature'>): string {
  return `gatehouse/page/1\n${gateway}\n${addresses.join()}\n${request ?? ''}`;
}

export const PageAnswer = z.object({
  name: z.string().max(253).nullable().describe('null: gateways get no public names here'),
  /** Only for the request that was asked about. */
  chain: z.string().max(65_536).nullable().describe('PEM, the certificate first; null: not yet'),
});
export type PageAnswer = z.infer<typeof PageAnswer>;
