import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ChangeLog, differences } from '../../change-log.ts';
import { httpError } from '../../http/index.ts';
import { phoneError } from '../phone-errors.ts';
import { parsePhone } from '../phone-number.ts';
import { EarlierMessagebird, SECRETS, SettingsChange } from './settings.ts';
import { SettingsView } from './settings-view.ts';
import type { Sms } from './sms.ts';

const moment = z.number().int().describe('milliseconds since 1970');
const Measure = z.object({
  encoding: z.enum(['gsm7', 'ucs2']),
  units: z.number(),
  parts: z.number().describe('SMS it takes; each is paid'),
  foreign: z.array(z.string()).describe('characters for which the text goes as UCS-2'),
});
const Result = z.object({
  accepted: z.boolean().describe('accepted is not yet delivered'),
  providerId: z.string().optional(),
  parts: z.number().optional(),
  price: z.string().optional(),
  failure: z.string().optional(),
  retryable: z.boolean(),
  rawCode: z.string().optional(),
});
const Listed = z.object({
  reference: z.string(),
  provider: z.string(),
  purpose: z.string(),
  number: z.string().describe('its ends only'),
  state: z.string(),
  failure: z.string().nullable(),
  rawCode: z.string().nullable(),
  parts: z.number(),
  price: z.string().nullable(),
  made: moment,
  changed: moment,
});
const Boxed = z.object({
  reference: z.string(),
  number: z.string().nullable(),
  text: z.string(),
  made: moment,
});
const Alarm = z.object({
  code: z.string(),
  severity: z.enum(['alarm', 'notice']),
  subject: z.string(),
  at: moment,
});
const Status = z.object({
  enabled: z.boolean(),
  provider: z.string(),
  nothingIsSent: z.boolean().describe('every admin page says so'),
  tested: moment.nullable(),
  ready: z.boolean().describe('enabled, with a real provider, tested'),
});
const text = z.string().min(1).max(1_000);
const TestSms = z.strictObject({ to: z.string().max(40), text: text.optional() });
const Tested = z.object({
  result: Result,
  answer: z.object({ status: z.number(), body: z.string() }).nullable(),
  text: z.string(),
  measure: Measure,
});

/** Settings, test and lists of SMS. Only administrators read them: the outbox shows codes. */
export function smsRoutes(sms: Sms, audit: ChangeLog): FastifyPluginAsyncZod {
  const tags = ['sms'];
  return async (api) => {
    api.get(
      '/sms/status',
      { schema: { tags, summary: 'Whether SMS go out', response: { 200: Status } } },
      async () => sms.status(),
    );
    await api.register(forAdministrators(sms, audit, tags));
  };
}

/** What the log says of a change: of secrets only which were given, and of report paths nothing. */
function logged(old: SettingsView, next: SettingsView, change: z.infer<typeof SettingsChange>) {
  const plain = ({ offered, reportPath, warnings, secretsSet, tested, ...rest }: SettingsView) =>
    rest;
  const given = Object.entries(SECRETS).flatMap(([name, fields]) =>
    fields
      .filter((field) => (change as Record<string, Record<string, unknown>>)[name]?.[field])
      .map((field) => `${name}.${field}`),
  );
  const gone = old.secretsSet.filter((one) => !next.secretsSet.includes(one));
  return {
    ...differences(plain(old), plain(next)),
    ...(given.length > 0 ? { secretsGiven: given } : {}),
    ...(gone.length > 0 ? { secretsRemoved: gone } : {}),
  };
}

function forAdministrators(sms: Sms, audit: ChangeLog, tags: string[]): FastifyPluginAsyncZod {
  return async (api) => {
    api.addHook('onRequest', async (request) => {
      if (request.caller.role !== 'administrator') throw httpError('token-role');
    });
    api.get(
      '/sms/settings',
      { schema: { tags, summary: 'Without secrets', response: { 200: SettingsView } } },
      async () => sms.settings(),
    );
    api.patch(
      '/sms/settings',
      {
        schema: {
          tags,
          summary: 'Changes what is given; secrets that are left out stay',
          body: SettingsChange,
          response: { 200: SettingsView },
        },
      },
      async ({ body, caller }) =>
        sms.change(body, (old, next) =>
          audit.note(caller, { what: 'sms-settings-changed', details: logged(old, next, body) }),
        ),
    );
    api.post(
      '/sms/settings/earlier',
      {
        schema: {
          tags,
          summary: 'Brings in MessageBird from an earlier configuration; then it is offered (G4)',
          body: EarlierMessagebird,
          response: { 200: SettingsView },
        },
      },
      async ({ body, caller }) =>
        sms.bringMessagebird(body.messagebird, (old, next) =>
          audit.note(caller, { what: 'sms-settings-changed', details: logged(old, next, body) }),
        ),
    );
    await api.register(tryRoutes(sms, tags));
    await api.register(listRoutes(sms, tags));
  };
}

function tryRoutes(sms: Sms, tags: string[]): FastifyPluginAsyncZod {
  return async (api) => {
    api.post(
      '/sms/test',
      {
        schema: {
          tags,
          summary: 'Sends a test SMS and gives the provider’s own answer',
          body: TestSms,
          response: { 200: Tested },
        },
      },
      async (request) => {
        const phone = parsePhone(request.body.to, 'NL');
        if (!phone.ok) throw phoneError(phone.code);
        return sms.test(phone.e164, request.body.text);
      },
    );
    api.post(
      '/sms/measure',
      {
        schema: {
          tags,
          summary: 'How a text would go: alphabet, length, parts',
          body: z.strictObject({ text }),
          response: { 200: Measure },
        },
      },
      async (request) => sms.measure(request.body.text),
    );
  };
}

function listRoutes(sms: Sms, tags: string[]): FastifyPluginAsyncZod {
  return async (api) => {
    const lists = {
      messages: () => ({ messages: sms.messages() }),
      outbox: () => ({ messages: sms.outbox() }),
      alarms: () => ({ alarms: sms.alarms.list() }),
    };
    const schemas = {
      messages: z.object({ messages: z.array(Listed) }),
      outbox: z.object({ messages: z.array(Boxed) }),
      alarms: z.object({ alarms: z.array(Alarm) }),
    };
    for (const name of ['messages', 'outbox', 'alarms'] as const) {
      const schema = { tags, summary: 'Newest first', response: { 200: schemas[name] } };
      api.get(`/sms/${name}`, { schema }, async () => lists[name]());
    }
  };
}
