import { EntranceConfiguration, LaneConfiguration } from '@gatehouse/provisioning';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Caller } from '../http/index.ts';
import type { Fleet } from './fleet.ts';

export const USES_MAX = 50;
/** Nobody compares keys for so long at most. */
export const WAIVE_MINUTES_MAX = 60;

const moment = z.number().int().describe('milliseconds since 1970');
const ById = z.object({ id: z.string().min(1).max(64) });

const NewConfigCode = EntranceConfiguration.pick({
  name: true,
  venue: true,
  entrance: true,
  language: true,
  halls: true,
  withoutJournal: true,
  hardware: true,
}).extend({
  lanes: z
    .array(LaneConfiguration.omit({ lane: true }))
    .min(1)
    .max(32),
  uses: z.number().int().min(1).max(USES_MAX).describe('how many devices may use it'),
  expires: moment,
  waiveMinutes: z
    .number()
    .int()
    .min(1)
    .max(WAIVE_MINUTES_MAX)
    .optional()
    .describe('gateways that come so soon need no acceptance'),
  net: z
    .object({ ssid: z.string().min(1).max(32), key: z.string().max(63) })
    .optional()
    .describe('Wi-Fi to join first; anyone who reads the code can read its key'),
});

const MadeConfigCode = z.object({
  id: z.string(),
  text: z.string().describe('shown once: draw it as a QR code, alphanumeric, level M'),
  expires: moment,
  typed: z
    .object({ url: z.string(), code: z.string(), fingerprint: z.string() })
    .describe('does the same where nothing can be read; compare the fingerprint at the device'),
});

const ListedConfigCode = z.object({
  id: z.string(),
  configuration: EntranceConfiguration,
  uses: z.number(),
  used: z.number().describe('gateways that have connected'),
  reserved: z.number().describe('places kept for 15 minutes for devices that have not yet'),
  waiveUntil: moment.nullable().describe('gateways that come before then need no acceptance'),
  expires: moment,
  revoked: moment.nullable(),
  created: moment,
  gateways: z.array(z.string()).describe('which devices used it'),
});

const Revoking = z
  .object({ reason: z.enum(['stolen']).optional() })
  .nullish()
  .describe('stolen: the PINs of its venue’s doors are void from now on');

/** What a theft means beside the gateway itself. */
export type Stolen = (gateway: string, caller: Caller) => Promise<void>;

/**
 * Config codes and revoking, for the cloud's API: register below `/api/v1`, where only
 * administrators come. `GET /gateways` stands with the broker, which knows who is online.
 */
export function fleetRoutes(fleet: Fleet, stolen: Stolen): FastifyPluginAsyncZod {
  return async (api) => {
    const tags = ['fleet'];
    api.post(
      '/config-codes',
      { schema: { tags, body: NewConfigCode, response: { 201: MadeConfigCode } } },
      async (request, reply) => {
        const { uses, expires, waiveMinutes, net, ...entrance } = request.body;
        const limits = { uses, expires, waiveMinutes, net };
        return reply.status(201).send(await fleet.makeCode(entrance, limits));
      },
    );
    api.get(
      '/config-codes',
      { schema: { tags, response: { 200: z.object({ configCodes: z.array(ListedConfigCode) }) } } },
      async () => {
        const codes = await fleet.configCodes();
        return { configCodes: codes.map((code) => ({ ...code, gateways: [...code.gateways] })) };
      },
    );
    api.delete(
      '/config-codes/:id',
      { schema: { tags, params: ById, response: { 204: z.null() } } },
      async (request, reply) => {
        await fleet.revokeCode(request.params.id);
        return reply.status(204).send(null);
      },
    );
    api.post(
      '/gateways/:id/accept',
      { schema: { tags, params: ById, response: { 204: z.null() } } },
      async (request, reply) => {
        await fleet.acceptGateway(request.params.id, request.caller.name);
        return reply.status(204).send(null);
      },
    );
    api.post(
      '/gateways/:id/revoke',
      { schema: { tags, params: ById, body: Revoking, response: { 204: z.null() } } },
      async (request, reply) => {
        const { id } = request.params;
        // First, so that a cloud that dies between the two is asked to revoke once more.
        if (request.body?.reason === 'stolen') await stolen(id, request.caller);
        await fleet.revokeGateway(id);
        return reply.status(204).send(null);
      },
    );
  };
}
