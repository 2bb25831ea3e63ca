import { z } from 'zod';
import type { Random } from '../../ports.ts';
import { CM_DEFAULTS } from './cm.ts';
import { smsError } from './errors.ts';
import { MESSAGEBIRD_DEFAULTS } from './messagebird.ts';
import { checkSender } from './sender.ts';
import { VONAGE_DEFAULTS } from './vonage.ts';
import { SIGNATURE_METHODS } from './vonage-signature.ts';

const REPORT_KEY_BYTES = 32;
export const PROVIDERS = ['outbox', 'cm', 'vonage', 'messagebird'] as const;
export type ProviderName = (typeof PROVIDERS)[number];
export type RealProvider = Exclude<ProviderName, 'outbox'>;

const baseUrl = z.string().max(200);
const secret = z
  .string()
  .max(500)
  .regex(/^[\x21-\x7e]*$/, 'printable, without spaces');

const Cm = z.strictObject({
  baseUrl: baseUrl.default(CM_DEFAULTS.baseUrl),
  productToken: secret.default(''),
});
const Vonage = z.strictObject({
  baseUrl: baseUrl.default(VONAGE_DEFAULTS.baseUrl),
  apiKey: z.string().max(100).default(''),
  mode: z.enum(['basic', 'signed']).default('basic'),
  signatureMethod: z.enum(SIGNATURE_METHODS).default('sha256'),
  apiSecret: secret.default(''),
  signatureSecret: secret.default(''),
});
const Messagebird = z.strictObject({
  baseUrl: baseUrl.default(MESSAGEBIRD_DEFAULTS.baseUrl),
  path: z
    .string()
    .max(200)
    .regex(/^\/[\w/.-]*$/)
    .default(MESSAGEBIRD_DEFAULTS.path),
  scheme: z.enum(['AccessKey', 'Bearer']).default(MESSAGEBIRD_DEFAULTS.scheme),
  accessKey: secret.default(''),
  signingKey: secret.default(''),
});

/** As stored, secrets included. It never leaves the room. */
export const StoredSettings = z.strictObject({
  enabled: z.boolean().default(true),
  provider: z.enum(PROVIDERS).default('outbox'),
  sender: z.string().max(16).default(''),
  /** How providers reach this cloud with their reports; empty where they cannot. */
  publicUrl: baseUrl.default(''),
  cm: Cm.prefault({}),
  vonage: Vonage.prefault({}),
  messagebird: Messagebird.prefault({}),
  /** What nobody can guess in the paths of reports, per provider. */
  reportKeys: z.record(z.enum(['cm', 'vonage', 'messagebird']), z.string()),
  /** When a test SMS was accepted with just these settings. */
  tested: z.number().nullable().default(null),
});
export type StoredSettings = z.infer<typeof StoredSettings>;

/** A change: what is left out stays as it is, secrets too; an empty secret removes it. */
export const SettingsChange = z.strictObject({
  enabled: z.boolean().optional(),
  provider: z.enum(PROVIDERS).optional(),
  sender: z.string().trim().max(16).optional(),
  publicUrl: baseUrl.optional(),
  cm: partialOf(Cm).optional(),
  vonage: partialOf(Vonage).optional(),
  messagebird: partialOf(Messagebird).optional(),
});
export type SettingsChange = z.infer<typeof SettingsChange>;

/** What a venue that had MessageBird before brings along; without a key it never had it. */
export const EarlierMessagebird = z.strictObject({
  messagebird: partialOf(Messagebird).extend({ accessKey: secret.min(1) }),
});

/** The fields without their defaults, each optional. */
function partialOf<T extends z.ZodRawShape>(schema: z.ZodObject<T, z.core.$strict>) {
  const shape = Object.fromEntries(
    Object.entries(schema.shape).map(([name, field]) => [
      name,
      (field as z.ZodDefault<z.ZodType>).unwrap().optional(),
    ]),
  );
  return z.strictObject(shape as { [K in keyof T]: z.ZodOptional<z.ZodType<z.output<T[K]>>> });
}

export const SECRETS = {
  cm: ['productToken'],
  vonage: ['apiSecret', 'signatureSecret'],
  messagebird: ['accessKey', 'signingKey'],
} as const satisfies Readonly<Record<RealProvider, readonly string[]>>;
const REAL = Object.keys(SECRETS) as RealProvider[];

export function firstSettings(random: Random): StoredSettings {
  const key = () => Buffer.from(random(REPORT_KEY_BYTES)).toString('base64url');
  return StoredSettings.parse({
    reportKeys: { cm: key(), vonage: key(), messagebird: key() },
  });
}

/**
 * Settings after a change, if that may be.
 * @param plain whether a provider may stand on this machine, without TLS: for tests
 * @throws GatehouseError `sms-settings-incomplete`, `sms-sender-refused`, `sms-address-refused`,
 *   `sms-secret-again`
 */
export function changeSettings(
  now: StoredSettings,
  change: SettingsChange,
  plain: boolean,
): StoredSettings {
  const next = StoredSettings.parse({
    ...now,
    ...withoutUndefined(change),
    cm: { ...now.cm, ...withoutUndefined(change.cm) },
    vonage: { ...now.vonage, ...withoutUndefined(change.vonage) },
    messagebird: { ...now.messagebird, ...withoutUndefined(change.messagebird) },
    tested: null,
  });
  for (const name of REAL) {
    next[name].baseUrl = originOf(next[name].baseUrl, `${name}.baseUrl`, plain);
    if (next[name].baseUrl !== now[name].baseUrl) demandSecrets(name, now, change);
  }
  if (next.publicUrl !== '') next.publicUrl = originOf(next.publicUrl, 'publicUrl', plain);
  const { fault } = checkSender(next.sender);
  if (fault && next.sender !== '') throw smsError('sms-sender-refused', { fault });
  const missing = missingField(next);
  if (next.enabled && missing) throw smsError('sms-settings-incomplete', { field: missing });
  const same = JSON.stringify(sendingPart(next)) === JSON.stringify(sendingPart(now));
  return { ...next, tested: same ? now.tested : null };
}

/** Else a new address would be a way to read the secrets out. */
function demandSecrets(name: RealProvider, now: StoredSettings, change: SettingsChange): void {
  const before = now[name] as unknown as Record<string, string>;
  const given = (change[name] ?? {}) as Record<string, string | undefined>;
  const kept = SECRETS[name].find((field) => before[field] !== '' && given[field] === undefined);
  if (kept) throw smsError('sms-secret-again', { field: `${name}.${kept}` });
}

/** What a test SMS has tried out. */
function sendingPart(settings: StoredSettings): object {
  const { provider, sender } = settings;
  return { provider, sender, fields: provider === 'outbox' ? {} : settings[provider] };
}

/** The first field without which the provider cannot be asked. */
export function missingField(settings: StoredSettings): string | undefined {
  const { provider, sender, cm, vonage, messagebird } = settings;
  if (provider === 'outbox') return undefined;
  if (sender === '') return 'sender';
  if (provider === 'cm') return cm.productToken === '' ? 'cm.productToken' : undefined;
  if (provider === 'messagebird') {
    return messagebird.accessKey === '' ? 'messagebird.accessKey' : undefined;
  }
  if (vonage.apiKey === '') return 'vonage.apiKey';
  if (vonage.mode === 'basic') return vonage.apiSecret === '' ? 'vonage.apiSecret' : undefined;
  return vonage.signatureSecret === '' ? 'vonage.signatureSecret' : undefined;
}

function originOf(text: string, field: string, plain: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url && url.pathname === '/' && !url.search && !url.hash && !url.username;
  const here = url?.hostname === '127.0.0.1' && url.protocol === 'http:' && plain;
  if (!bare || !(url.protocol === 'https:' || here)) {
    throw smsError('sms-address-refused', { field });
  }
  return url.origin;
}

function withoutUndefined<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(value ?? {}).filter(([, one]) => one !== undefined),
  ) as Partial<T>;
}
