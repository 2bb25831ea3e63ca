import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import type { GatewayConfig } from '../config.ts';
import { gatewayError } from '../errors.ts';
import { AUTHORITY_FILE } from './certificate.ts';
import { isPlainHttp } from './server.ts';

/** The gateway on this machine gets this long for each answer. */
const ANSWER_MAX_MS = 10_000;

/** The gateway on this machine, however its pages are reached. */
export interface Own {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly known: readonly X509Certificate[];
}

export async function ownGateway(config: Pick<GatewayConfig, 'web' | 'data'>): Promise<Own> {
  const { host, port } = config.web;
  const isTls = !isPlainHttp(config.web);
  const known = isTls ? await knownCertificates(config) : [];
  return { host: /^(0\.0\.0\.0|::)$/.test(host) ? 'localhost' : host, port, isTls, known };
}

/** What the gateway on this machine tells its screens; nothing where none runs. */
export async function askStatus(config: Pick<GatewayConfig, 'web' | 'data'>): Promise<unknown> {
  try {
    return (await ask(await ownGateway(config), 'GET', '/status')).body;
  } catch {
    return undefined;
  }
}

/** Those that the gateway may show: the one of its file, or any of its own authority's. */
async function knownCertificates({
  web,
  data,
}: Pick<GatewayConfig, 'web' | 'data'>): Promise<X509Certificate[]> {
  const own = readFile(join(data, AUTHORITY_FILE), 'utf8').then(
    (text) => (JSON.parse(text) as { certificate: string }).certificate,
  );
  const files = web.certificate === undefined ? [] : [readFile(web.certificate, 'utf8')];
  const found = await Promise.allSettled([own, ...files].map(async (pem) => read(await pem)));
  return found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

const read = (pem: string) => new X509Certificate(pem);

/**
 * A connection to nobody but the gateway. Its key is what counts, neither name nor dates: this is
 * loopback, and the doctor is asked just when a certificate has ended.
 */
function connected({ host, port, known }: Own): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: ANSWER_MAX_MS });
    socket.once('error', reject);
    socket.once('timeout', () => socket.destroy(new Error('no answer')));
    socket.once('secureConnect', () => {
      const shown = socket.getPeerX509Certificate();
      const isOurs = known.some(
        (one) => shown?.raw.equals(one.raw) || shown?.verify(one.publicKey),
      );
      if (isOurs) resolve(socket);
      else socket.destroy(new Error('it is another server'));
    });
  });
}

/** @throws what the gateway answers; GatehouseError `gateway-not-running` */
export async function ask(to: Own, method: string, path: string, sent?: object, cookie = '') {
  const { host, port, isTls } = to;
  const headers = { cookie, ...(sent && { 'content-type': 'application/json' }) };
  const way = isTls ? { createConnection: await reached(to) } : {};
  const start = isTls ? tlsRequest : plainRequest;
  return new Promise<{ body: unknown; cookie: string }>((resolve, reject) => {
    const asked = start(
      { host, port, ...way, method, headers, path, timeout: ANSWER_MAX_MS },
      (answer) => {
        let text = '';
        answer.on('data', (more) => (text += more));
        answer.on('end', () => {
          const body = JSON.parse(text) as { code?: string; message?: string };
          const [first = ''] = answer.headers['set-cookie'] ?? [];
          if (answer.statusCode === 200) resolve({ body, cookie: first.split(';')[0] ?? '' });
          else reject(Object.assign(new Error(body.message), { code: body.code }));
        });
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', (cause) => reject(gatewayError('gateway-not-running', {}, cause)));
    asked.end(sent && JSON.stringify(sent));
  });
}

async function reached(to: Own): Promise<() => TLSSocket> {
  try {
    const socket = await connected(to);
    return () => socket;
  } catch (cause) {
    throw gatewayError('gateway-not-running', {}, cause);
  }
}
