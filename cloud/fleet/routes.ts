import { EntranceConfiguration, LaneConfiguration } from '@gatehouse/provisioning';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Fleet } from './fleet.ts';

export const USES_MAX = 50;

const moment = z.iso.datetime();
const ById = z.object({ id: z.string().min(1).max(64) });

const NewConfigCode = EntranceConfiguration.pick({
  name: true,
  venue: true,
  entrance: true,
  language: true,
  halls: true,
}).extend({
  lanes: z
    .array(LaneConfiguration.omit({ lane: true }))
    .min(1)
    .max(32),
  uses: z.number().int().min(1).max(USES_MAX).describe('how many devices may use it'),
  expires: z.iso.datetime({ offset: true }),
});

const MadeConfigCode = z.object({
  id: z.string(),
  text: z.string().describe('shown once: draw it as a QR code, alphanumeric, level M'),
  expires: moment,
});

const ListedConfigCode = z.object({
  id: z.string(),
  configuration: EntranceConfiguration,
  uses: z.number(),
  used: z.number(),
  expires: moment,
  revoked: moment.nullable(),
  created: moment,
  gateways: z.array(z.string()).describe('which devices used it'),
});

/**
 * Config codes and revoking, for the cloud's API: register below `/api/v1`, where only
 * administrators come. `GET /gateways` stands with the broker, which knows who is online.
 */
export function fleetRoutes(fleet: Fleet): FastifyPluginAsyncZod {
  return async (api) => {
    const tags = ['fleet'];
    api.post(
      '/config-codes',
      { schema: { tags, body: NewConfigCode, response: { 201: MadeConfigCode } } },
      async (request, reply) => {
        const { uses, expires, ...entrance } = request.body;
        const limits = { uses, expires: Date.parse(expires) };
        const made = await fleet.makeCode(entrance, limits);
        return reply.status(201).send({ ...made, expires: isoOf(made.expires) });
      },
    );
    api.get(
      '/config-codes',
      { schema: { tags, response: { 200: z.array(ListedConfigCode) } } },
      async () =>
        (await fleet.configCodes()).map((code) => ({
          ...code,
          gateways: [...code.gateways],
          expires: isoOf(code.expires),
          revoked: code.revoked === null ? null : isoOf(code.revoked),
          created: isoOf(code.created),
        })),
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
      '/gateways/:id/revoke',
      { schema: { tags, params: ById, response: { 204: z.null() } } },
      async (request, reply) => {
        await fleet.revokeGateway(request.params.id);
        return reply.status(204).send(null);
      },
    );
  };
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
