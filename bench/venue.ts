import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { claimEntrance, type Enrolment, loadEnrolment } from '@gatehouse/provisioning';

const ROOT = join(import.meta.dirname, '..');
const HOUR = 3_600_000;

/** A cloud in a process of its own, with an evening that admits now. */
export interface BenchCloud {
  readonly regular: string;
  readonly secure: string;
  api<T>(method: string, path: string, body?: unknown, type?: string): Promise<T>;
  /** Enrols one more gateway, as a technician would. */
  enrol(folder: string): Promise<{ enrolment: Enrolment; privateKey: string }>;
  stop(): Promise<void>;
}

export async function startCloud(folder: string): Promise<BenchCloud> {
  const data = join(folder, 'cloud');
  const { child, url } = await run(data);
  const token = (await readFile(join(data, 'admin-token'), 'utf8')).trim();

  async function api<T>(
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json',
  ): Promise<T> {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    const init =
      body === undefined
        ? { headers: { authorization: headers.authorization } }
        : { headers, body: payload };
    const response = await fetch(`${url}/api/v1${path}`, { method, ...init });
    const answer = (await response.json()) as T;
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }

  const { id: production } = await api<{ id: string }>('POST', '/productions', { title: 'Bench' });
  const performance = async (secure: boolean) => {
    const starts = Date.now() + HOUR / 2;
    const ends = Date.now() + 6 * HOUR;
    const body = { production, hall: 'Main', starts, ends, secure };
    return (await api<{ id: string }>('POST', '/performances', body)).id;
  };
  const regular = await performance(false);
  const secure = await performance(true);

  return {
    regular,
    secure,
    api,
    async enrol(dataDir) {
      const { text } = await api<{ text: string }>('POST', '/config-codes', {
        ...{ name: 'Bench', venue: 'bench', entrance: 'main', language: 'en', halls: [] },
        lanes: [{ name: 'Lane 1', direction: 'entry', staffed: false }],
        ...{ uses: 1, expires: Date.now() + HOUR, waiveMinutes: 60 },
      });
      const clock = { now: () => Date.now() };
      await claimEntrance({
        configText: text,
        dataDir,
        clock,
        hardware: 'bench',
        software: 'bench',
      });
      const kept = await loadEnrolment(dataDir);
      if (kept.state !== 'configured') throw new Error('not configured');
      return kept;
    },
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function run(data: string): Promise<{ child: ChildProcess; url: string }> {
  const ports = ['--http-port', '0', '--enrol-port', '0', '--mqtt-port', '0'];
  const args = [join(ROOT, 'bin', 'gatehouse.ts'), 'cloud', '--data', data, ...ports];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  process.on('exit', () => child.kill());
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^cloud ready (\S+)/.exec(line)?.[1];
    if (url) return { child, url };
  }
  throw new Error('the cloud did not start');
}
