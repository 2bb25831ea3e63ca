import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimEntrance, type Enrolment, loadEnrolment } from '@gatehouse/provisioning';
import { freePort } from '../scripts/free-port.ts';
import { type Program, program } from './program.ts';

const HOUR = 3_600_000;

/** A real cloud in a process of its own, with an evening that admits now. */
export interface Venue {
  readonly folder: string;
  readonly cloud: Program;
  /** Where its broker listens. */
  readonly mqttPort: number;
  readonly database: string;
  api<T>(method: string, path: string, body?: unknown, type?: string): Promise<T>;
  /** Makes a performance that is open; gives its id. */
  perform(secure: boolean): Promise<string>;
  /** Sells so many regular tickets. */
  sell(performance: string, count: number): Promise<Paper[]>;
  /** Enrols a gateway with so many entry lanes, as a technician would. */
  enrol(dataDir: string, lanes: number, chosen?: Chosen): Promise<Enrolment>;
  close(): Promise<void>;
}

/** What an entrance may choose beside its lanes. */
export interface Chosen {
  readonly withoutJournal?: 'close' | 'open';
  /** Whether somebody stands at its lanes who can judge. */
  readonly staffed?: boolean;
}

/** A regular ticket as the guest holds it. */
export interface Paper {
  readonly ticket: string;
  code(): Promise<string>;
}

/** @param door port at which gateways reach the broker, where that is not the broker's own */
export async function openVenue(door?: number): Promise<Venue> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-attack-'));
  const data = join(folder, 'cloud');
  const [httpPort, mqttPort] = [await freePort(), await freePort()];
  const cloud = program(
    ...['cloud', '--data', data, '--http-port', `${httpPort}`, '--enrol-port', '0'],
    ...['--mqtt-port', `${mqttPort}`],
    ...['--mqtt-public-url', `mqtts://127.0.0.1:${door ?? mqttPort}`],
  );
  const url = await cloud.start();
  const token = (await readFile(join(data, 'admin-token'), 'utf8')).trim();
  const api = caller(url, token);
  return {
    ...{ folder, cloud, mqttPort, api, database: join(data, 'gatehouse.db') },
    async perform(secure) {
      const { id: production } = await api<Made>('POST', '/productions', { title: 'Attack' });
      const times = { starts: Date.now() + HOUR / 2, ends: Date.now() + 6 * HOUR };
      const body = { production, hall: 'Main', ...times, secure };
      return (await api<Made>('POST', '/performances', body)).id;
    },
    sell: (performance, count) => sell(api, performance, count),
    async enrol(dataDir, lanes, { staffed = false, ...chosen } = {}) {
      const { text } = await api<{ text: string }>('POST', '/config-codes', {
        ...{ name: 'Attack', venue: 'attack', entrance: 'main', language: 'en', halls: [] },
        ...chosen,
        lanes: Array.from({ length: lanes }, (_, i) => ({
          ...{ name: `Lane ${i + 1}`, direction: 'entry', staffed },
        })),
        ...{ uses: 1, expires: Date.now() + HOUR, waiveMinutes: 60 },
      });
      const clock = { now: () => Date.now() };
      const about = { hardware: 'attack', software: 'attack' };
      await claimEntrance({ configText: text, dataDir, clock, ...about });
      const kept = await loadEnrolment(dataDir);
      if (kept.state !== 'configured') throw new Error('not configured');
      return kept.enrolment;
    },
    async close() {
      await cloud.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Made = { readonly id: string };
type Api = Venue['api'];

function caller(url: string, token: string): Api {
  return async <T>(method: string, path: string, body?: unknown, type = 'application/json') => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    const init = body === undefined ? {} : { body: payload };
    if (body === undefined) Reflect.deleteProperty(headers, 'content-type');
    const response = await fetch(`${url}/api/v1${path}`, { method, headers, ...init });
    const text = await response.text();
    const answer = (text === '' ? undefined : JSON.parse(text)) as T;
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
}

/** Imports the tickets at once; the seat leads from a code to the ticket that it became. */
async function sell(api: Api, performance: string, count: number): Promise<Paper[]> {
  const codes = Array.from({ length: count }, (_, i) => `PAPER-${performance.slice(-8)}-${i}`);
  const csv = `code,seat\n${codes.map((code, i) => `${code},${i}`).join('\n')}\n`;
  await api('POST', `/performances/${performance}/tickets/import`, csv, 'text/csv');
  const papers: Paper[] = [];
  for (let after = ''; papers.length < count; ) {
    const path = `/performances/${performance}/tickets?limit=500${after && `&after=${after}`}`;
    const { tickets } = await api<{ tickets: { id: string; label: { seat: string } }[] }>(
      ...(['GET', path] as const),
    );
    for (const { id, label } of tickets) {
      const code = codes[Number(label.seat)] as string;
      papers.push({ ticket: id, code: async () => code });
    }
    after = tickets.at(-1)?.id ?? '';
    if (after === '') throw new Error('tickets are missing');
  }
  return papers;
}
