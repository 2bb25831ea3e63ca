/** Settings of SMS as the cloud shows them; secrets never come along. */
export interface SmsView {
  readonly enabled: boolean;
  readonly provider: SmsProvider;
  readonly offered: readonly SmsProvider[];
  readonly sender: string;
  readonly publicUrl: string;
  readonly cm: Readonly<Record<string, string>>;
  readonly vonage: Readonly<Record<string, string>>;
  readonly messagebird: Readonly<Record<string, string>>;
  readonly secretsSet: readonly string[];
  readonly reportPath: string | null;
  readonly tested: number | null;
  readonly warnings: readonly string[];
}

export type SmsProvider = 'outbox' | 'cm' | 'vonage' | 'messagebird';
export type SmsFields = Record<string, string>;

/** What an administrator types; secrets begin empty. */
export interface SmsForm {
  enabled: boolean;
  provider: SmsProvider;
  sender: string;
  publicUrl: string;
  cm: SmsFields;
  vonage: SmsFields;
  messagebird: SmsFields;
}

const PROVIDERS = ['cm', 'vonage', 'messagebird'] as const;

/** Fields of each provider, in the order they are asked for. */
export const SECRET_FIELDS: Readonly<Record<string, readonly string[]>> = {
  cm: ['productToken'],
  vonage: ['apiSecret', 'signatureSecret'],
  messagebird: ['accessKey', 'signingKey'],
};

export function smsFormOf(view: SmsView): SmsForm {
  const { enabled, provider, sender, publicUrl } = view;
  const fields = (name: (typeof PROVIDERS)[number]) => ({
    ...view[name],
    ...Object.fromEntries((SECRET_FIELDS[name] ?? []).map((field) => [field, ''])),
  });
  const all = { cm: fields('cm'), vonage: fields('vonage'), messagebird: fields('messagebird') };
  return { enabled, provider, sender, publicUrl, ...all };
}

/** What to send: only the chosen provider's fields that differ, and secrets that were typed. */
export function smsChangeOf(view: SmsView, form: SmsForm): Record<string, unknown> {
  const { enabled, provider, sender, publicUrl } = form;
  const change: Record<string, unknown> = { enabled, provider, sender, publicUrl };
  if (provider === 'outbox') return change;
  const differing = Object.entries(form[provider]).filter(
    ([field, value]) => value !== (view[provider][field] ?? ''),
  );
  if (differing.length > 0) change[provider] = Object.fromEntries(differing);
  return change;
}

/** Limits of codes as the cloud keeps them. */
export type SmsLimits = Readonly<Record<string, unknown>> & {
  readonly resendSeconds: readonly number[];
  readonly ownNetworks: readonly string[];
  readonly perCountryDay: Readonly<Record<string, number>>;
};

/** Limits that are one whole number. */
export const NUMBER_LIMITS = [
  ...['perNumber', 'perNumberMinutes', 'perNumberDay', 'perAddressHour', 'perNetworkHour'],
  ...['perTenantDay', 'prefixSends', 'prefixEnteredPercent', 'prefixGraceMinutes'],
  ...['prefixBlockedHours', 'failuresInARow'],
] as const;
export const COUNTRIES = ['+31', '+32', '+49'] as const;

export interface LimitsForm {
  numbers: Record<string, number | null>;
  countries: Record<string, number | null>;
  resend: string;
  networks: string;
}

export function limitsFormOf(limits: SmsLimits): LimitsForm {
  return {
    numbers: Object.fromEntries(NUMBER_LIMITS.map((key) => [key, limits[key] as number])),
    countries: { ...limits.perCountryDay },
    resend: limits.resendSeconds.join(', '),
    networks: limits.ownNetworks.join('\n'),
  };
}

/** All limits, as the cloud wants them. */
export function limitsOf({ numbers, countries, resend, networks }: LimitsForm) {
  const words = (text: string, split: RegExp) => text.split(split).filter((one) => one !== '');
  return {
    ...numbers,
    perCountryDay: { ...countries },
    resendSeconds: words(resend, /[\s,;]+/).map(Number),
    ownNetworks: words(networks, /[\s,;]+/),
  };
}
