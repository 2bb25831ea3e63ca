import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** On which kind of host a route is served; `house` if it says nothing. */
    host?: HostFamily;
  }
}

/** What a host name serves: the portal alone, or everything else. */
export type HostFamily = 'house' | 'portal';

export interface HostSettings {
  /** Names of shop, API and administration; any other name then gets nothing. Any if empty. */
  readonly shop: readonly string[];
  /** The portal's own name; without one the portal is a path of the shop (rule S5). */
  readonly portal?: string | undefined;
}

/** Which family a host name belongs to; undefined for a stranger (rule P11). */
export function hostFamilies({ shop, portal }: HostSettings) {
  const names = new Set(shop.map(plain));
  const portalName = portal === undefined ? undefined : plain(portal);
  return (host: string): HostFamily | undefined => {
    const name = plain(host);
    if (name === portalName) return 'portal';
    return names.size === 0 || names.has(name) ? 'house' : undefined;
  };
}

/**
 * Serves each route on the hosts it belongs to only, and a stranger nothing at all: no page, no
 * error text, no header of ours.
 */
export function guardHosts(server: FastifyInstance, settings: HostSettings): void {
  const familyOf = hostFamilies(settings);
  server.addHook('onRequest', async (request, reply) => {
    const family = familyOf(request.hostname);
    if (family === undefined) return nothing(reply);
    // Where the portal has no name of its own, it is served like everything else.
    const route = settings.portal === undefined ? family : routeFamily(request);
    if (route === family) return undefined;
    if (family === 'portal' && request.method === 'GET' && request.url === '/') {
      return reply.redirect('/portal/');
    }
    return nothing(reply);
  });
}

export function nothing(reply: FastifyReply): FastifyReply {
  return reply.status(404).send();
}

function routeFamily(request: FastifyRequest): HostFamily {
  return request.routeOptions.config.host ?? 'house';
}

/** Name without port and final dot, in lower case. */
function plain(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}
