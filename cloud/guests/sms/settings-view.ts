import { z } from 'zod';
import { CLASSIC_ENDS } from './messagebird.ts';
import { checkSender } from './sender.ts';
import { PROVIDERS, type RealProvider, SECRETS, type StoredSettings } from './settings.ts';

/** Where providers send their reports, outside the API. */
export const REPORTS_PATH = '/sms/reports';

export const SettingsView = z.object({
  enabled: z.boolean(),
  provider: z.enum(PROVIDERS),
  offered: z.array(z.enum(PROVIDERS)).describe('what may be chosen'),
  sender: z.string(),
  publicUrl: z.string(),
  cm: z.object({ baseUrl: z.string() }),
  vonage: z.object({
    baseUrl: z.string(),
    apiKey: z.string(),
    mode: z.string(),
    signatureMethod: z.string(),
  }),
  messagebird: z.object({ baseUrl: z.string(), path: z.string(), scheme: z.string() }),
  secretsSet: z.array(z.string()).describe('secrets that are stored, by name; never shown'),
  reportPath: z.string().nullable().describe('to be typed in at the provider, behind the host'),
  tested: z.number().nullable().describe('when a test SMS was accepted with these settings'),
  warnings: z.array(z.string()),
});
export type SettingsView = z.infer<typeof SettingsView>;

/** Settings as administrators read them: without secrets. */
export function viewOf(
  settings: StoredSettings,
  messagebirdOffered: boolean,
  now: number,
): SettingsView {
  const { enabled, provider, sender, publicUrl, cm, vonage, messagebird, tested } = settings;
  const { apiKey, mode, signatureMethod } = vonage;
  const { path, scheme } = messagebird;
  const key = provider === 'outbox' ? undefined : settings.reportKeys[provider];
  return {
    enabled,
    provider,
    offered: PROVIDERS.filter((name) => name !== 'messagebird' || messagebirdOffered),
    sender,
    publicUrl,
    cm: { baseUrl: cm.baseUrl },
    vonage: { baseUrl: vonage.baseUrl, apiKey, mode, signatureMethod },
    messagebird: { baseUrl: messagebird.baseUrl, path, scheme },
    secretsSet: Object.entries(SECRETS).flatMap(([name, fields]) =>
      fields
        .filter((field) => (settings[name as RealProvider] as Record<string, string>)[field])
        .map((field) => `${name}.${field}`),
    ),
    reportPath: key === undefined ? null : `${REPORTS_PATH}/${key}`,
    tested,
    warnings: warningsOf(settings, now),
  };
}

function warningsOf(settings: StoredSettings, now: number): string[] {
  const { enabled, provider, sender, publicUrl, vonage, messagebird } = settings;
  const warnings: string[] = [];
  if (!enabled || provider === 'outbox') warnings.push('nothing-is-sent');
  if (provider !== 'outbox') warnings.push(...checkSender(sender).warnings);
  if (provider === 'vonage' && vonage.signatureSecret === '') {
    warnings.push('reports-unsigned');
  }
  if (provider === 'cm') warnings.push('reports-unsigned');
  if (provider !== 'outbox' && publicUrl === '') warnings.push('reports-not-asked-for');
  if (provider === 'messagebird') {
    if (messagebird.scheme === 'AccessKey') {
      warnings.push(now < CLASSIC_ENDS ? 'classic-interface-ends' : 'classic-interface-ended');
    }
    if (messagebird.accessKey.startsWith('test_')) warnings.push('test-key-sends-nothing');
    if (messagebird.signingKey === '') warnings.push('reports-not-taken');
  }
  return warnings;
}
