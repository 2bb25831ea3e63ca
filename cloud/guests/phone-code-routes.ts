import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
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
export function phoneCodeRoutes(codes: PhoneCodes): FastifyPluginAsyncZod {
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
      async (request) => {
        await codes.setLimits(request.body);
        return codes.limits();
      },
    );
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
      async (request, reply) => {
        await codes.unblockPrefix(request.params.prefix);
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
        return { wasHeld: await codes.unblockNumber(phone.e164) };
      },
    );
  };
}
