import type { z } from 'zod';
import { Delta } from './delta.ts';
import { SearchAnswer, SearchQuestion, StaffList, StaffRequest } from './door-staff.ts';
import * as fleet from './fleet-messages.ts';
import { Heartbeat, HeartbeatAnswer } from './heartbeat.ts';
import * as messages from './messages.ts';

interface Topic<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  readonly qos: 0 | 1;
  /** Payload is gzip-compressed JSON instead of plain JSON. */
  readonly gzip: boolean;
}

function topic<S extends z.ZodType>(schema: S, options: { qos?: 0 | 1; gzip?: boolean } = {}) {
  return { schema, qos: options.qos ?? 1, gzip: options.gzip ?? false } satisfies Topic<S>;
}

/**
 * Everything that is ever published, by direction and name. Nothing else defines a topic or a
 * payload. `up` is from a gateway to the cloud, `down` the other way.
 */
export const TOPICS = {
  up: {
    validate: topic(messages.ValidateRequest),
    settle: topic(messages.SettleRequest),
    journal: topic(messages.JournalBatch),
    tickets: topic(messages.TicketsRequest),
    staff: topic(StaffRequest),
    search: topic(SearchQuestion),
    config: topic(fleet.ConfigurationAnswer),
    command: topic(fleet.CommandAnswer),
    heartbeat: topic(Heartbeat, { qos: 0 }),
  },
  down: {
    validate: topic(messages.ValidateAnswer),
    settle: topic(messages.SettleAnswer),
    journal: topic(messages.JournalStored),
    tickets: topic(messages.TicketsPage, { gzip: true }),
    nudge: topic(messages.Nudge),
    delta: topic(Delta),
    staff: topic(StaffList),
    search: topic(SearchAnswer),
    config: topic(fleet.ConfigurationDocument),
    command: topic(fleet.Command),
    heartbeat: topic(HeartbeatAnswer, { qos: 0 }),
    rejected: topic(messages.Rejected),
  },
} as const;

export type Way = keyof typeof TOPICS;
export type NameOf<W extends Way> = keyof (typeof TOPICS)[W] & string;
type SchemaOf<W extends Way, N extends NameOf<W>> =
  (typeof TOPICS)[W][N] extends Topic<infer S> ? S : never;
/** The payload type of a topic. */
export type Message<W extends Way, N extends NameOf<W>> = z.infer<SchemaOf<W, N>>;

const ROOT = `gatehouse/${messages.PROTOCOL_VERSION}`;
const GATEWAY_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** The topic of one gateway: `gatehouse/1/<gateway>/<way>/<name>`. */
export function topicOf<W extends Way>(gateway: string, way: W, name: NameOf<W>): string {
  return `${ROOT}/${gateway}/${way}/${name}`;
}

/** The filter with which a gateway hears everything meant for it. */
export function filterOf(gateway: string, way: Way): string {
  return `${ROOT}/${gateway}/${way}/+`;
}

/** Takes a topic apart; `undefined` where it is none of ours. */
export function parseTopic(
  text: string,
):
  | { gateway: string; way: 'up'; name: NameOf<'up'> }
  | { gateway: string; way: 'down'; name: NameOf<'down'> }
  | undefined {
  const [root, version, gateway, way, name, ...rest] = text.split('/');
  if (`${root}/${version}` !== ROOT || rest.length > 0 || !gateway || !name) return undefined;
  if (!GATEWAY_ID.test(gateway)) return undefined;
  if (way === 'up' && Object.hasOwn(TOPICS.up, name)) {
    return { gateway, way, name: name as NameOf<'up'> };
  }
  if (way === 'down' && Object.hasOwn(TOPICS.down, name)) {
    return { gateway, way, name: name as NameOf<'down'> };
  }
  return undefined;
}
