import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { admissionError, type Feed, openEventStream } from '../admission/index.ts';
import type { Clock } from '../ports.ts';
import type { AlertList, AlertWatch } from './alert-watch.ts';
import { FLEET_ALERTS } from './alerts.ts';

const Alerts = z.object({
  n: z.number().describe('counts changes since the cloud started'),
  alerts: z.array(
    z.object({
      gateway: z.string(),
      name: z.string().describe('of the gateway'),
      venue: z.string(),
      alert: z.enum(FLEET_ALERTS),
      since: z.number().int().describe('milliseconds since 1970'),
    }),
  ),
});
const tags = ['fleet'];

/** What people should look at in gateways: now, and at once when it changes. */
export function alertRoutes(
  watch: Pick<AlertWatch, 'now' | 'feed'>,
  clock: Clock,
): FastifyPluginAsyncZod {
  return async (api) => {
    api.get(
      '/alerts',
      {
        schema: {
          tags,
          summary: 'What people should look at in gateways, a copied card first',
          response: { 200: Alerts },
        },
      },
      async () => ({ n: watch.now.n, alerts: [...watch.now.alerts] }),
    );
    api.get(
      '/alerts/stream',
      {
        schema: {
          tags,
          summary:
            'The same as server-sent events named `alerts`: the whole list at once, and again ' +
            'whenever it changes',
        },
      },
      async (_, reply) => {
        const stream = openEventStream({ feed: fromNow(watch), clock }, reply.raw, (list) => ({
          event: 'alerts',
          id: list.n,
          data: list,
        }));
        if (!stream) throw admissionError('stream-full');
        reply.hijack();
      },
    );
  };
}

/** A feed that begins with how things are. */
function fromNow({ feed, now }: Pick<AlertWatch, 'now' | 'feed'>): Feed<AlertList> {
  return {
    ...feed,
    subscribe(listener) {
      const end = feed.subscribe(listener);
      // After the head of the answer.
      if (end) queueMicrotask(() => listener(now));
      return end;
    },
  };
}
