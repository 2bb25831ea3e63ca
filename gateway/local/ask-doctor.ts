import { readFile } from 'node:fs/promises';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { join } from 'node:path';
import type { GatewayConfig } from '../config.ts';
import { gatewayError } from '../errors.ts';
import { type Check, DoctorReport } from './api.ts';
import { AUTHORITY_FILE } from './certificate.ts';
import { isPlainHttp } from './server.ts';

/** The gateway on this machine gets this long for each answer. */
const ANSWER_MAX_MS = 10_000;

/**
 * Asks the gateway that runs on this machine how it is.
 * @param pin of its technician's page
 * @throws GatehouseError `identify-wrong` and what else the gateway answers; `gateway-not-running`
 */
export async function askDoctor(
  config: Pick<GatewayConfig, 'web' | 'data'>,
  pin: string,
): Promise<Check[]> {
  const { host, port, certificate } = config.web;
  // On loopback, by the name that its own authority vouches for.
  const own = join(config.data, AUTHORITY_FILE);
  const ca = isPlainHttp(config.web) ? undefined : await trusted(own, certificate);
  const to = { host: /^(0\.0\.0\.0|::)$/.test(host) ? 'localhost' : host, port, ca };
  const { cookie } = await ask(to, 'POST', 'technician/enter', { pin });
  const { body } = await ask(to, 'GET', 'technician/doctor', undefined, cookie);
  return DoctorReport.parse(body).checks;
}

interface To {
  readonly host: string;
  readonly port: number;
  readonly ca: string | undefined;
}

async function trusted(own: string, certificate: string | undefined): Promise<string> {
  try {
    if (certificate !== undefined) return await readFile(certificate, 'utf8');
    return (JSON.parse(await readFile(own, 'utf8')) as { certificate: string }).certificate;
  } catch (cause) {
    throw gatewayError('gateway-not-running', {}, cause);
  }
}

function ask(to: To, method: string, path: string, sent?: object, cookie = '') {
  const { ca, ...at } = to;
  const start = ca === undefined ? plainRequest : tlsRequest;
  const headers = { cookie, ...(sent && { 'content-type': 'application/json' }) };
  // A certificate from files has a public name, and this is loopback: the key is what counts.
  const tls = ca === undefined ? {} : { ca, checkServerIdentity: () => undefined };
  return new Promise<{ body: unknown; cookie: string }>((resolve, reject) => {
    const asked = start(
      { ...at, ...tls, method, headers, path: `/api/${path}`, timeout: ANSWER_MAX_MS },
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
