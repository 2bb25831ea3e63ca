import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ChangeLog, differences } from '../change-log.ts';
import { httpError } from '../http/index.ts';
import type { PhoneCodes } from './phone-codes.ts';
import { phoneError } from './phone-errors.ts';
import { PhoneLimits } from './phone-limits.ts';
import { parsePhone } from './phone-number.ts';

const Blocked = z.object({
  prefix: z.string().describe('numbers without their last four digits'),
  until: z.number().int().describe('milliseconds since 1970'),
});

/** Limits of codes by SMS, and what they hold back. Only for administrators. */
export function phoneCodeRoutes(codes: PhoneCodes, audit: ChangeLog): FastifyPluginAsyncZod {
  const tags = ['sms'];
  return async (api) => {
    api.addHook('onRequest', async (request) => {
      if (request.caller.role !== 'administrator') throw httpError('token-role');
    });
    api.get(
      '/sms/limits',
      { schema: { tags, summary: 'Limits of codes', response: { 200: PhoneLimits } } },
      async () => codes.limits(),
    );
    api.put(
      '/sms/limits',
      {
        schema: {
          tags,
          summary: 'Sets all limits of codes; what is left out gets its default',
          body: PhoneLimits,
          response: { 200: PhoneLimits },
        },
      },
      async ({ body, caller }) => {
        await codes.setLimits(body, (old, next) => {
          const details = differences(old, next);
          audit.note(caller, { what: 'sms-limits-changed', details });
        });
        return codes.limits();
      },
    );
    await api.register(releaseRoutes(codes, audit));
  };
}

function releaseRoutes(codes: PhoneCodes, audit: ChangeLog): FastifyPluginAsyncZod {
  const tags = ['sms'];
  return async (api) => {
    api.get(
      '/sms/prefixes',
      {
        schema: {
          tags,
          summary: 'Prefixes that get no codes, since those were almost never entered',
          response: { 200: z.object({ prefixes: z.array(Blocked) }) },
        },
      },
      async () => ({ prefixes: codes.blockedPrefixes() }),
    );
    api.delete(
      '/sms/prefixes/:prefix',
      {
        schema: {
          tags,
          summary: 'Sends codes to a prefix again',
          params: z.object({ prefix: z.string().regex(/^\+\d{4,12}$/) }),
          response: { 204: z.null() },
        },
      },
      async ({ params: { prefix: subject }, caller }, reply) => {
        const change = { what: 'sms-prefix-released', subject };
        await codes.unblockPrefix(subject, () => audit.note(caller, change));
        return reply.status(204).send(null);
      },
    );
    api.post(
      '/sms/unblock-number',
      {
        schema: {
          tags,
          summary: 'Lets a number get codes again after too many wrong ones in a row',
          body: z.strictObject({ phone: z.string().max(40) }),
          response: { 200: z.object({ wasHeld: z.boolean() }) },
        },
      },
      async (request) => {
        const phone = parsePhone(request.body.phone, 'NL');
        if (!phone.ok) throw phoneError(phone.code);
        const { caller } = request;
        const note = () => audit.note(caller, { what: 'sms-number-released' });
        return { wasHeld: await codes.unblockNumber(phone.e164, note) };
      },
    );
  };
}
