import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { claimEntrance, loadPrivateKey } from '@gatehouse/provisioning';
import { connectGateway, type GatewayClient } from './gateway-client.ts';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the API answers
  readonly body: any;
}

/** Calls the API of a running cloud as an administrator. */
export interface Api {
  readonly base: string;
  readonly token: string;
  call(method: string, path: string, body?: unknown, headers?: object): Promise<Answer>;
}

export async function adminApi(base: string, dataDir: string): Promise<Api> {
  const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  return {
    base,
    token,
    async call(method, path, body, headers = {}) {
      const raw = typeof body === 'string';
      const response = await fetch(`${base}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
  };
}

/** Makes a production and a performance that is open now; gives the performance's id. */
export async function perform(api: Api, settings: object = {}): Promise<string> {
  const production = await api.call('POST', '/productions', { title: 'The Seagull' });
  const performance = await api.call('POST', '/performances', {
    production: production.body.id,
    hall: 'main',
    starts: Date.now(),
    ...settings,
  });
  return performance.body.id;
}

/** Enrols a gateway as a technician does and gives what it needs to connect. */
export async function enrol(api: Api, dataDir: string, place: object = {}) {
  const { body } = await api.call('POST', '/config-codes', {
    name: 'Main door',
    venue: 'theatre',
    entrance: 'main',
    language: 'en',
    halls: [],
    lanes: [{ name: 'Left', direction: 'entry', staffed: true }],
    ...{ uses: 1, expires: Date.now() + 3_600_000, waiveMinutes: 60 },
    ...place,
  });
  const enrolment = await claimEntrance({
    configText: body.text,
    dataDir,
    clock: { now: () => Date.now() },
    hardware: 'test board',
    software: '0.1.0',
  });
  const key = (await loadPrivateKey(dataDir)) as string;
  const device = { key, cert: enrolment.certificate, ca: enrolment.tlsRoots.join('\n') };
  return {
    gateway: enrolment.gateway,
    enrolment,
    connect: (port: number): Promise<GatewayClient> =>
      connectGateway(port, enrolment.gateway, device),
  };
}
