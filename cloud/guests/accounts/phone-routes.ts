import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { createRateLimit } from '../../http/index.ts';
import { NUMBERS_ASKED_MAX, NUMBERS_MAX } from './account-phones.ts';
import type { GuestRoom } from './guests.ts';
import { count } from './login-routes.ts';
import { SmsCode } from './schemas.ts';

/** Codes entered from one network; the code itself has its five tries. */
export const CODE_RATE = { burst: 40, every: 5_000 };
const PHONE_MAX = 40;

const PhoneView = z.object({
  phone: z.string().nullable().describe('E.164'),
  verified: z.boolean(),
  resendMs: z.number().nullable().describe('until another code may be asked for'),
});

/** Verifies a phone number at any time, without an order (rules G1, G2). */
export function phoneRoutes(room: GuestRoom): FastifyPluginAsyncZod {
  const { phones } = room;
  const entered = createRateLimit(room.clock, CODE_RATE);
  const tags = ['account'];
  return async (api) => {
    api.get(
      '/phone',
      {
        schema: {
          ...{ tags, summary: 'The number, and how many more may be verified' },
          response: {
            200: z.object({
              phone: z.string().nullable(),
              verified: z.boolean(),
              numbersLeft: z.number().describe('of 30 days; more needs the box office'),
            }),
          },
        },
      },
      async (request) => {
        const { account } = await room.needAccount(request);
        const used = await phones.used(account.id);
        const left = Math.min(NUMBERS_MAX - used.verified, NUMBERS_ASKED_MAX - used.asked);
        return {
          phone: account.phone,
          verified: account.phoneVerified !== null,
          numbersLeft: Math.max(0, left),
        };
      },
    );
    api.post(
      '/phone',
      {
        schema: {
          ...{ tags, summary: 'Sends a code by SMS; a changed number is unverified until it' },
          body: z.strictObject({
            phone: z.string().max(PHONE_MAX),
            country: z.enum(['NL', 'BE', 'DE']).default('NL').describe('of a number without one'),
          }),
          response: { 202: PhoneView },
        },
      },
      async (request, reply) => {
        const { account } = await room.needAccount(request);
        count(entered, request);
        const asked = await phones.ask(account.id, {
          ...{ text: request.body.phone, country: request.body.country },
          ...{ address: request.ip, language: account.language },
        });
        return reply.status(202).send(asked);
      },
    );
    api.post(
      '/phone/verify',
      {
        schema: {
          ...{ tags, summary: 'Enters the code of the SMS' },
          body: z.strictObject({ code: SmsCode }),
          response: { 200: z.object({ phone: z.string().nullable(), verified: z.boolean() }) },
        },
      },
      async (request) => {
        const { account } = await room.needAccount(request);
        count(entered, request);
        await phones.verify(account.id, request.body.code);
        const phone = await phones.verifiedPhoneOf(account.id);
        return { phone: phone ?? null, verified: phone !== undefined };
      },
    );
    api.delete(
      '/phone',
      {
        schema: {
          ...{ tags, summary: 'Takes the number off the account; tickets stay on it' },
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { account } = await room.needAccount(request);
        await phones.remove(account.id);
        return reply.status(204).send(null);
      },
    );
  };
}
