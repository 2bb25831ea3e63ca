import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttp, request as plain, type Server } from 'node:http';
import { request as tls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthority, makeServerCertificate } from '@gatehouse/provisioning/authority';
import { freePort } from './free-port.ts';
import { PATIENCE_MS } from './patience.ts';

export const HOOK_SECRET = 'a secret of the dns hook';

/** Let's Encrypt's own test server with a DNS of its own, and a hook that tells that DNS. */
export interface Pebble {
  readonly directory: string;
  /** PEM: vouches for the server of the directory. */
  readonly ca: string;
  readonly hook: string;
  /** What the hook was told, in order. */
  readonly told: { action: string; type: string; name: string; value: string }[];
  /** What the hook does with the next record: answers this status and tells nobody. */
  readonly next: number[];
  /** PEM of the root that its certificates lead to. */
  root(): Promise<string>;
  stop(): Promise<void>;
}

/** Why it can't be started, if it can't. */
export function missingPebble(): string | undefined {
  const here = ['pebble', 'pebble-challtestsrv'].every(
    (program) => spawnSync('which', [program]).status === 0,
  );
  return here ? undefined : 'pebble is not installed (apt install pebble)';
}

export async function startPebble(): Promise<Pebble> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-pebble-'));
  const ports = await Promise.all(Array.from({ length: 4 }, freePort));
  const [listen, manage, dns, dnsManage] = ports;
  const issue = { now: Date.now(), serial: randomBytes(16) };
  const authority = await makeAuthority({ name: 'Test directory', ...issue });
  const hosts = ['localhost', '127.0.0.1'];
  const shown = await makeServerCertificate({ authority, hosts, ...issue });
  const file = (name: string, text: string) => writeFile(join(dir, name), text);
  await Promise.all([file('cert.pem', shown.chain), file('key.pem', shown.privateKey)]);
  const pebble = {
    listenAddress: `127.0.0.1:${listen}`,
    managementListenAddress: `127.0.0.1:${manage}`,
    certificate: join(dir, 'cert.pem'),
    privateKey: join(dir, 'key.pem'),
    ...{ httpPort: 1, tlsPort: 1, ocspResponderURL: '', externalAccountBindingRequired: false },
  };
  await file('pebble.json', JSON.stringify({ pebble }));
  const names = ['-management', `127.0.0.1:${dnsManage}`, '-dns01', `127.0.0.1:${dns}`];
  const others = ['-http01', '', '-https01', '', '-tlsalpn01', ''];
  const programs = [
    start('pebble-challtestsrv', [...names, ...others]),
    start('pebble', ['-config', join(dir, 'pebble.json'), '-dnsserver', `127.0.0.1:${dns}`]),
  ];
  const directory = `https://localhost:${listen}/dir`;
  const ca = authority.certificate;
  const { hook, told, next, url } = await startHook(`http://127.0.0.1:${dnsManage}`);
  await answers(() => ask({ url: directory, ca }));
  await answers(() => ask({ url: `http://127.0.0.1:${dnsManage}/` }));
  return {
    ...{ directory, ca, hook: url, told, next },
    async root() {
      const url = `https://localhost:${manage}/roots/0`;
      return ask({ url, ca });
    },
    async stop() {
      await Promise.all(programs.map(ended));
      await new Promise((done) => hook.close(done));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Takes records as docs/provisioning.md says, and tells the test DNS. */
async function startHook(dns: string) {
  const told: Pebble['told'] = [];
  const next: number[] = [];
  const hook: Server = createHttp((request, reply) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      void (async () => {
        const isOurs = request.headers.authorization === `Bearer ${HOOK_SECRET}`;
        const status = next.shift() ?? (isOurs ? 204 : 401);
        if (status === 204) {
          const record = JSON.parse(text);
          told.push(record);
          await tellDns(dns, record);
        }
        reply.writeHead(status).end();
      })();
    });
  });
  await new Promise<void>((done) => hook.listen(0, '127.0.0.1', done));
  const { port } = hook.address() as AddressInfo;
  return { hook, told, next, url: `http://127.0.0.1:${port}/dns` };
}

async function tellDns(dns: string, { action, type, name, value }: Pebble['told'][number]) {
  const host = `${name}.`;
  const path = type === 'TXT' ? `${action}-txt` : action === 'set' ? 'add-a' : 'clear-a';
  const body = JSON.stringify(type === 'TXT' ? { host, value } : { host, addresses: [value] });
  await ask({ url: `${dns}/${path}`, body });
}

/** One request; a GET where there is no body. */
function ask({ url, ca, body }: { url: string; ca?: string; body?: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const asking = (url.startsWith('https:') ? tls : plain)(
      url,
      { method, agent: false, ...(ca ? { ca } : {}) },
      (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => resolve(text));
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}

function start(program: string, args: string[]): ChildProcess {
  return spawn(program, args, {
    stdio: 'ignore',
    env: { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '20' },
  });
}

async function ended(program: ChildProcess): Promise<void> {
  const gone = new Promise((done) => program.once('exit', done));
  program.kill('SIGTERM');
  await gone;
}

async function answers(asked: () => Promise<unknown>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    try {
      await asked();
      return;
    } catch (fault) {
      if (Date.now() > end) throw fault;
      await new Promise((again) => setTimeout(again, 50));
    }
  }
}
