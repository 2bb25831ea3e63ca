import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ChangeLog, differences } from '../change-log.ts';
import type { PaymentSetup, Setup } from './setup.ts';
import { TRIAL_CENTS, type Trials } from './trial.ts';

const moment = z.number().int();
const SettingsView = z.object({
  provider: z.enum(['mollie', 'test']).nullable(),
  mode: z.enum(['live', 'test']).nullable().describe('of the key'),
  keyEnd: z.string().describe('the last characters of the key; never all of it'),
  demonstration: z.boolean().describe('whether the built-in test payment may be used'),
  testPayments: z.boolean().describe('it is used although there is a key'),
  webhook: z.string().describe('how the addresses begin at which Mollie tells of payments'),
  told: moment.nullable().describe('when Mollie last told of a payment that was ours'),
});
const Trial = z.object({
  cents: z.number().int(),
  checkout: z.url().nullable(),
  created: moment,
  told: moment.nullable().describe('when Mollie told of it'),
});
const Changes = z
  .strictObject({
    mollieKey: z
      .string()
      .regex(/^(live|test)_\w{20,80}$/)
      .nullable(),
    testPayments: z.boolean(),
  })
  .partial();

export interface SettingsParts {
  readonly setup: PaymentSetup;
  readonly trials: Trials;
  readonly audit: ChangeLog;
  readonly demonstration: boolean;
  provider(): 'mollie' | 'test' | null;
  /** The address of webhooks without the id of a payment. */
  webhook(): string;
  /** Refuses callers without the role. */
  allowed(request: FastifyRequest): void;
}

/** How payments are set up. Under `/api/v1`. */
export function paymentSettingsRoutes(parts: SettingsParts): FastifyPluginAsyncZod {
  const { setup } = parts;
  const tags = ['payments'];
  return async (api) => {
    await api.register(trialRoutes(parts));
    api.get(
      '/payments/settings',
      { schema: { tags, summary: 'Who takes payments', response: { 200: SettingsView } } },
      async (request) => {
        parts.allowed(request);
        return viewOf(parts, setup.get());
      },
    );
    api.put(
      '/payments/settings',
      {
        schema: {
          ...{ tags, body: Changes },
          summary: 'Sets the key of Mollie (null takes it away) and which payment is used',
          response: { 200: SettingsView },
        },
      },
      async (request) => {
        parts.allowed(request);
        const { mollieKey, testPayments } = request.body;
        const change = {
          ...(mollieKey === undefined ? {} : { mollieKey: mollieKey ?? undefined }),
          ...(testPayments === undefined ? {} : { testPayments }),
        };
        await setup.change(change, (old, next) => {
          const details = differences(logged(old), logged(next));
          parts.audit.note(request.caller, { what: 'payment-settings-changed', details });
        });
        return viewOf(parts, setup.get());
      },
    );
  };
}

/** What the log may say: of a key only which one it is. */
function logged({ mollieKey, testPayments }: Setup): object {
  const key = mollieKey && `${mollieKey.slice(0, 5)}…${mollieKey.slice(-4)}`;
  return { mollieKey: key ?? null, testPayments: testPayments === true };
}

function viewOf(parts: SettingsParts, { mollieKey, testPayments, told }: Setup) {
  const mode = mollieKey?.startsWith('live_') ? ('live' as const) : ('test' as const);
  return {
    ...{ provider: parts.provider(), mode: mollieKey === undefined ? null : mode },
    keyEnd: mollieKey?.slice(-4) ?? '',
    demonstration: parts.demonstration,
    testPayments: testPayments === true,
    webhook: parts.webhook(),
    told: told ?? null,
  };
}

function trialRoutes({ trials, allowed }: SettingsParts): FastifyPluginAsyncZod {
  const tags = ['payments'];
  const shown = (trial: Omit<z.infer<typeof Trial>, 'cents'>) => {
    const { checkout, created, told } = trial;
    return { cents: TRIAL_CENTS, checkout, created, told };
  };
  return async (api) => {
    api.post(
      '/payments/trial',
      {
        schema: {
          tags,
          summary: 'Begins a test payment at Mollie, of no order',
          body: z.strictObject({ language: z.enum(['nl', 'en']).default('nl') }),
          response: {
            200: z.object({ trial: Trial.nullable(), said: z.string().describe('by Mollie') }),
          },
        },
      },
      async (request) => {
        allowed(request);
        const begun = await trials.begin(request.body.language);
        return begun.ok
          ? { trial: shown(begun.trial), said: '' }
          : { trial: null, said: begun.said };
      },
    );
    api.get(
      '/payments/trial',
      {
        schema: {
          tags,
          summary: 'What Mollie says of the newest test payment now',
          response: { 200: Trial.extend({ state: z.string() }) },
        },
      },
      async (request) => {
        allowed(request);
        const { trial, state } = await trials.look();
        return { ...shown(trial), state };
      },
    );
  };
}
