import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ChangeLog, differences } from '../change-log.ts';
import { httpError } from '../http/index.ts';
import type { Clock } from '../ports.ts';
import type { MailOutboxTable, Store } from '../store/index.ts';
import { createMailDesk } from './desk.ts';
import type { Mail } from './mail.ts';
import { listMails } from './outbox-store.ts';
import { MailAddress, MailServer, MailSettingsInput } from './settings.ts';
import { LANGUAGES, Theater } from './templates/data.ts';
import { TEXT_NAMES, textKinds } from './texts/shipped-texts.ts';
import { TEXT_MAX } from './texts/texts.ts';

const PAGE_MAX = 200;

const Language = z.enum(LANGUAGES);
const State = z.enum(['queued', 'sending', 'sent', 'failed', 'held']);
const moment = z.number().int().describe('milliseconds since 1970');
const ById = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/) });

const ListedMail = z.object({
  id: z.string(),
  template: z.string(),
  language: Language,
  to: z.string().nullable().describe('null once it is no longer kept'),
  subject: z.string().nullable(),
  state: State,
  tries: z.number().int(),
  unsure: z.number().int().describe('handed over without an answer: it may have come twice'),
  created: moment,
  changed: moment,
  nextTry: moment.nullable(),
  fault: z.string().nullable(),
  answer: z.string().nullable().describe('what the mail server last said'),
});

const Body = z.object({ subject: z.string(), html: z.string(), text: z.string() });
const Settings = z.object({
  server: MailServer.nullable(),
  hasPassword: z.boolean(),
  theater: Theater,
});
const Status = z.object({
  mode: z.enum(['smtp', 'outbox']).describe('outbox: no mail server is set and nothing is sent'),
  counts: z.record(State, z.number().int()),
  lastFault: z.object({ fault: z.string(), answer: z.string().nullable(), at: moment }).nullable(),
});
const Text = z.object({
  name: z.enum(TEXT_NAMES),
  language: Language,
  label: z.string(),
  where: z.string(),
  own: z.string().describe('empty where the shipped text is shown'),
  html: z.string().describe('what guests see, safe to put in a page'),
});

/** The mail server's settings, the outbox, explanation texts. All of it for administrators only. */
export function mailRoutes(parts: {
  store: Store;
  clock: Clock;
  mail: Mail;
  audit: ChangeLog;
}): FastifyPluginAsyncZod {
  const { mail, audit } = parts;
  return async (api) => {
    api.addHook('onRequest', async (request) => {
      if (request.caller.role !== 'administrator') throw httpError('token-role');
    });
    await api.register(settingsRoutes(mail, audit));
    await api.register(outboxRoutes(parts));
    await api.register(textRoutes(mail, audit));
  };
}

function settingsRoutes(mail: Mail, audit: ChangeLog): FastifyPluginAsyncZod {
  const tags = ['mail'];
  const view = async () => {
    const { server, password, theater } = await mail.settings();
    return { server, hasPassword: password !== null, theater };
  };
  return async (api) => {
    api.get(
      '/mail/settings',
      { schema: { tags, summary: 'Settings, without the password', response: { 200: Settings } } },
      view,
    );
    api.put(
      '/mail/settings',
      {
        schema: {
          tags,
          summary: 'Sets server, sender and theatre; waiting mails are tried at once',
          body: MailSettingsInput,
          response: { 200: Settings },
        },
      },
      async ({ body, caller }) => {
        await mail.configure(body, (old, next) => {
          const details = differences(old, next);
          audit.note(caller, { what: 'mail-settings-changed', details });
        });
        return view();
      },
    );
    api.post(
      '/mail/test',
      {
        schema: {
          tags,
          summary: 'Sends a test mail and gives the mail server’s own answer',
          body: z.strictObject({ to: MailAddress, language: Language.default('nl') }),
          response: { 200: z.object({ answer: z.string() }) },
        },
      },
      async (request) => ({ answer: await mail.test(request.body.to, request.body.language) }),
    );
  };
}

function outboxRoutes(parts: { store: Store; clock: Clock; mail: Mail }): FastifyPluginAsyncZod {
  const tags = ['mail'];
  const desk = createMailDesk(parts);
  const Page = z.object({
    state: State.optional(),
    before: z.string().optional().describe('the last mail of the page before'),
    limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
  });
  return async (api) => {
    api.get(
      '/mail/status',
      { schema: { tags, summary: 'Whether mail goes out', response: { 200: Status } } },
      () => desk.status(),
    );
    api.get(
      '/mail/outbox',
      {
        schema: {
          tags,
          summary: 'Mails, newest first',
          querystring: Page,
          response: { 200: z.object({ mails: z.array(ListedMail) }) },
        },
      },
      async (request) => ({ mails: (await listMails(parts.store, request.query)).map(listed) }),
    );
    api.get(
      '/mail/outbox/:id',
      {
        schema: {
          tags,
          summary: 'One mail; its text unless it lets its bearer in',
          params: ById,
          response: {
            200: ListedMail.extend({
              mail: Body.nullable(),
              attachments: z.array(z.object({ kind: z.string(), reference: z.string() })),
            }),
          },
        },
      },
      async (request) => {
        const { row, mail, attachments } = await desk.look(request.params.id);
        return { ...listed(row), mail, attachments: [...attachments] };
      },
    );
    api.post(
      '/mail/outbox/:id/send',
      {
        schema: {
          tags,
          summary: 'Queues a mail again that failed or was held',
          params: ById,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        await desk.resend(request.params.id);
        return reply.status(204).send(null);
      },
    );
  };
}

function textRoutes(mail: Mail, audit: ChangeLog): FastifyPluginAsyncZod {
  const tags = ['mail'];
  return async (api) => {
    api.get(
      '/mail/texts',
      {
        schema: {
          tags,
          summary: 'Explanation texts of the shop',
          response: { 200: z.object({ texts: z.array(Text) }) },
        },
      },
      async () => ({ texts: (await mail.texts.list()).map(labelled) }),
    );
    api.put(
      '/mail/texts/:name/:language',
      {
        schema: {
          tags,
          summary: 'Keeps a text, cleaned; an empty one brings the shipped text back',
          params: z.object({ name: z.enum(TEXT_NAMES), language: Language }),
          body: z.strictObject({ html: z.string().max(TEXT_MAX) }),
          response: { 200: Text },
        },
      },
      async ({ params: { name, language }, body, caller }) => {
        const kept = await mail.texts.set(name, language, body.html, (own) => {
          const details = { language, text: own === '' ? 'shipped' : 'own' };
          audit.note(caller, { what: 'explanation-changed', subject: name, details });
        });
        return labelled(kept);
      },
    );
  };
}

function labelled<T extends { name: keyof typeof textKinds; language: 'nl' | 'en' }>(text: T) {
  const { label, where } = textKinds[text.name];
  return { ...text, label: label[text.language], where };
}

function listed(row: MailOutboxTable): z.infer<typeof ListedMail> {
  const { id, template, language, address, subject, state, tries, unsure, created } = row;
  const { changed, fault, answer, next_at: next } = row;
  const nextTry = state === 'queued' ? next : null;
  return {
    ...{ id, template, language, to: address, subject, state, tries, unsure, created },
    ...{ changed, nextTry, fault, answer },
  };
}
