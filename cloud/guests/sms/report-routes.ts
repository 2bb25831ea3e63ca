import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { httpError } from '../../http/index.ts';
import { REPORTS_PATH } from './settings-view.ts';
import type { Sms, UnplacedReport } from './sms.ts';

/** Bytes of a delivery report at most; documented ones have a few hundred. */
const REPORT_BYTES_MAX = 16 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Where providers bring delivery reports: outside the API, under a path nobody can guess. Whatever
 * is not known is answered as a path that is not there; a report on a message we never sent is
 * taken and forgotten, since a refusal would only bring it again for days.
 */
export function reportRoutes(sms: Sms): FastifyPluginAsync {
  return async (server) => {
    // Signatures cover the bytes as they came.
    server.removeAllContentTypeParsers();
    server.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: REPORT_BYTES_MAX },
      (_, body, done) => done(null, body),
    );
    server.route<{ Params: { key: string } }>({
      method: ['GET', 'POST'],
      url: `${REPORTS_PATH}/:key`,
      schema: { hide: true },
      async handler(request, reply) {
        const outcome = await sms.report(request.params.key, reportOf(request));
        if (outcome === 'unknown') throw httpError('route-unknown');
        return reply.status(204).send(null);
      },
    });
  };
}

function reportOf(request: FastifyRequest): UnplacedReport {
  const path = request.raw.url ?? '';
  const { body, headers } = request;
  return {
    method: request.method,
    path,
    query: new URLSearchParams(path.split('?')[1] ?? ''),
    contentType: headers['content-type'] ?? '',
    body: Buffer.isBuffer(body) ? body : NOTHING,
    header(name) {
      const value = headers[name];
      return typeof value === 'string' ? value : undefined;
    },
  };
}
