import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ChangeLog } from '../change-log.ts';
import { httpError } from '../http/index.ts';
import { mailError } from './errors.ts';
import type { Mail } from './mail.ts';
import { catalog, shipped } from './templates/catalog.ts';
import { LANGUAGES, TEMPLATE_NAMES, type TemplateName } from './templates/data.ts';
import { samplesOf } from './templates/samples.ts';
import { placeholdersOf } from './templates/shape.ts';
import type { Template, TemplateWarning } from './templates/templates.ts';

/** Characters of a template's parts. */
export const TEMPLATE_SUBJECT_MAX = 500;
export const TEMPLATE_HTML_MAX = 64 * 1024;
export const TEMPLATE_TEXT_MAX = 32 * 1024;

const Language = z.enum(LANGUAGES);
const Which = z.object({ name: z.string().max(64), language: Language });
const Parts = z.strictObject({
  subject: z.string().trim().min(1).max(TEMPLATE_SUBJECT_MAX),
  html: z.string().trim().min(1).max(TEMPLATE_HTML_MAX),
  text: z
    .string()
    .max(TEMPLATE_TEXT_MAX)
    .nullable()
    .default(null)
    .describe('null: derived from the HTML'),
});
const Warnings = z.array(
  z.object({
    kind: z.enum(['missing', 'unknown']),
    placeholder: z.string(),
    line: z.number().int().nullable(),
  }),
);
const Listed = z.object({
  name: z.string(),
  language: Language,
  label: z.string(),
  saved: z.number().int().nullable().describe('milliseconds since 1970; null: as shipped'),
});
const Whole = Listed.extend({
  subject: z.string(),
  html: z.string(),
  text: z.string().nullable(),
  shipped: z.object({ subject: z.string(), html: z.string(), text: z.string().nullable() }),
  placeholders: z.array(z.object({ path: z.string(), kind: z.string(), note: z.string() })),
  sample: z.unknown(),
});
const Filled = z.object({ subject: z.string(), html: z.string(), text: z.string() });

/** Mail templates: read, save, preview, restore. For administrators only. */
export function templateRoutes(mail: Mail, audit: ChangeLog): FastifyPluginAsyncZod {
  const tags = ['templates'];
  const { templates } = mail;
  return async (api) => {
    api.addHook('onRequest', async (request) => {
      if (request.caller.role !== 'administrator') throw httpError('token-role');
    });
    api.get(
      '/templates',
      {
        schema: {
          tags,
          summary: 'All templates',
          response: { 200: z.object({ templates: z.array(Listed) }) },
        },
      },
      async () => ({ templates: (await templates.list()).map(listed) }),
    );
    api.get(
      '/templates/:name/:language',
      { schema: { tags, summary: 'One template', params: Which, response: { 200: Whole } } },
      async (request) =>
        whole(await templates.get(nameOf(request.params), request.params.language)),
    );
    api.put(
      '/templates/:name/:language',
      {
        schema: {
          tags,
          summary: 'Saves a template; a broken one is refused with line and fault',
          params: Which,
          body: Parts,
          response: { 200: z.object({ warnings: Warnings }) },
        },
      },
      async ({ params, body, caller }) => {
        const { language } = params;
        const subject = nameOf(params);
        const warnings = await templates.save(subject, language, body, () =>
          audit.note(caller, { what: 'template-changed', subject, details: { language } }),
        );
        return { warnings: copied(warnings) };
      },
    );
    api.delete(
      '/templates/:name/:language',
      {
        schema: {
          tags,
          summary: 'Brings the shipped text back',
          params: Which,
          response: { 204: z.null() },
        },
      },
      async ({ params, caller }, reply) => {
        const { language } = params;
        const subject = nameOf(params);
        await templates.restore(subject, language, () =>
          audit.note(caller, { what: 'template-restored', subject, details: { language } }),
        );
        return reply.status(204).send(null);
      },
    );
    await api.register(previewRoute(mail));
  };
}

function previewRoute(mail: Mail): FastifyPluginAsyncZod {
  const Body = z.strictObject({
    parts: Parts.optional().describe('left out: the template as it is'),
    data: z.unknown().optional().describe('left out: sample data'),
    order: z
      .string()
      .max(64)
      .optional()
      .describe('preview with the order of this number or id instead'),
  });
  return async (api) => {
    api.post(
      '/templates/:name/:language/preview',
      {
        schema: {
          tags: ['templates'],
          summary: 'Fills in a template; show its HTML in a sandboxed frame only',
          params: Which,
          body: Body,
          response: { 200: z.object({ mail: Filled, warnings: Warnings }) },
        },
      },
      async (request) => {
        const { language } = request.params;
        const name = nameOf(request.params);
        const { parts, order } = request.body;
        let { data } = request.body;
        if (order !== undefined) {
          data = await mail.orderData(order, name, language);
          if (data === undefined) throw mailError('template-order-unknown', { order });
        }
        const preview = await mail.templates.preview(name, language, { parts, data });
        return { mail: preview.mail, warnings: copied(preview.warnings) };
      },
    );
  };
}

function nameOf({ name }: { name: string }): TemplateName {
  const known = TEMPLATE_NAMES.find((one) => one === name);
  if (known === undefined) throw mailError('template-unknown', { name });
  return known;
}

function listed({ name, language, saved }: Template): z.infer<typeof Listed> {
  return { name, language, saved, label: catalog[name].label[language] };
}

function whole(template: Template): z.infer<typeof Whole> {
  const { name, language, subject, html, text } = template;
  return {
    ...listed(template),
    ...{ subject, html, text },
    shipped: shipped[language][name],
    placeholders: placeholdersOf(name),
    sample: samplesOf(language)[name],
  };
}

const copied = (warnings: readonly TemplateWarning[]) => warnings.map((one) => ({ ...one }));
