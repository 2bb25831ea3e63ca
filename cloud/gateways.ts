import { GatewayHealth } from '@gatehouse/protocol';
import { EntranceConfiguration } from '@gatehouse/provisioning';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AdmissionTransport, LanePlace } from './admission/index.ts';
import type { AlertWatch, Fleet, FleetGateway } from './fleet/index.ts';
import type { Log } from './ports.ts';

/** Where lanes are, kept in memory for the validator. */
export interface LanePlaces {
  /** Reads the fleet's configurations again, such as when a gateway connects. */
  refresh(): Promise<void>;
  place(gateway: string, lane: string): LanePlace | undefined;
  gateway(id: string): FleetGateway | undefined;
  /** Venues of gateways that are not revoked. */
  venues(): string[];
}

export function createLanePlaces(fleet: Fleet, log: Log): LanePlaces {
  let known = new Map<string, FleetGateway>();
  return {
    async refresh() {
      try {
        known = new Map((await fleet.gateways()).map((gateway) => [gateway.id, gateway]));
      } catch (fault) {
        log.error({ fault }, 'the gateways could not be read; going on with what was known');
      }
    },
    gateway: (id) => known.get(id),
    venues: () =>
      [...known.values()].flatMap(({ venue, revoked }) => (revoked === null ? [venue] : [])),
    place(gateway, lane) {
      const entrance = known.get(gateway);
      if (!entrance) return undefined;
      // A lane that nobody has set up is a handheld: somebody holds it.
      const staffed = entrance.lanes.find((one) => one.lane === lane)?.staffed ?? true;
      return { entrance: entrance.entrance, halls: entrance.halls, staffed };
    },
  };
}

const moment = z.number().int();
const Gateway = z.object({
  id: z.string(),
  name: z.string(),
  venue: z.string(),
  entrance: z.string(),
  revoked: z.boolean(),
  standing: z
    .enum(['reserved', 'waiting', 'active', 'revoked'])
    .describe('reserved: claimed, not connected; waiting: its key must be compared'),
  keyMark: z.string().describe('six characters of its key, also on its screen'),
  acceptedBy: z.string().nullable(),
  configCode: z.string(),
  configuration: EntranceConfiguration,
  applied: z.number().describe('version of the configuration that it runs; 0 if it never said'),
  refused: z.object({ version: z.number(), code: z.string(), fault: z.string() }).nullable(),
  certificateEnds: moment.nullable(),
  clock: z.enum(['trusted', 'plausible', 'untrusted']).nullable(),
  health: GatewayHealth.nullable(),
  alerts: z.array(z.string()).describe('what people should look at'),
  online: z.boolean(),
  since: moment.nullable().describe('when its session began'),
  heartbeat: moment.nullable().describe('when it was last heard'),
  software: z.string(),
  hardware: z.string(),
  queue: z
    .object({ rows: z.number(), settles: z.number() })
    .nullable()
    .describe('what it has still to send'),
  disk: z
    .object({ free: z.number(), journal: z.number(), low: z.boolean() })
    .nullable()
    .describe('bytes free, bytes of its journal; low: people should make space'),
  cursor: z.number().nullable().describe('ticket change that it knows'),
  peers: z
    .object({ heard: z.array(z.string()), missing: z.array(z.string()) })
    .nullable()
    .describe('gateways of its venue that it hears, and that it should hear and does not'),
  lanes: z.array(
    z.object({
      lane: z.string(),
      name: z.string(),
      direction: z.enum(['entry', 'exit']),
      staffed: z.boolean(),
      state: z.string().nullable(),
      fault: z.string().nullable(),
      unrecorded: z
        .string()
        .nullable()
        .describe('it admits though its journal can’t be written, and why'),
      skew: z
        .number()
        .nullable()
        .describe('slots of 30 s by which phones here are off; median of the last 20 codes'),
    }),
  ),
});

/** The route that says which gateways there are and which are online. */
export function gatewayRoutes(
  fleet: Fleet,
  transport: Pick<AdmissionTransport, 'sessions'>,
  watch: Pick<AlertWatch, 'now'>,
): FastifyPluginAsyncZod {
  return async (api) => {
    api.get(
      '/gateways',
      {
        schema: {
          tags: ['fleet'],
          summary: 'All gateways, with what is known of those online',
          response: { 200: z.object({ gateways: z.array(Gateway) }) },
        },
      },
      async () => {
        const sessions = new Map(transport.sessions().map((one) => [one.gateway, one]));
        const all = (await fleet.gateways()).filter(({ standing }) => standing !== 'lapsed');
        const gateways = all.map((gateway) => {
          const session = sessions.get(gateway.id);
          const { at, beat } = session?.lastHeartbeat ?? {};
          return {
            id: gateway.id,
            name: gateway.name,
            venue: gateway.venue,
            entrance: gateway.entrance,
            revoked: gateway.revoked !== null,
            standing: gateway.standing as Exclude<typeof gateway.standing, 'lapsed'>,
            keyMark: gateway.keyMark,
            acceptedBy: gateway.acceptedBy,
            configCode: gateway.configCode,
            configuration: gateway.configuration,
            applied: gateway.applied,
            refused: gateway.refused,
            certificateEnds: gateway.certificateEnds,
            clock: beat?.at.quality ?? null,
            health: beat?.health ?? null,
            alerts: watch.now.alerts.flatMap((one) =>
              one.gateway === gateway.id ? [one.alert] : [],
            ),
            online: session !== undefined,
            since: session?.since ?? null,
            heartbeat: at ?? null,
            software: beat?.software ?? gateway.software,
            hardware: gateway.hardware,
            queue: beat?.queue ?? null,
            disk: beat?.disk ?? null,
            cursor: beat?.cursor ?? null,
            peers: beat?.peers ?? null,
            lanes: gateway.lanes.map((lane) => {
              const live = beat?.lanes.find((one) => one.lane === lane.lane);
              const { state = null, fault = null, unrecorded = null, skew = null } = live ?? {};
              return { ...lane, state, fault, unrecorded, skew };
            }),
          };
        });
        return { gateways };
      },
    );
  };
}
