import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeAuthority, makeServerCertificate } from '@gatehouse/provisioning/authority';
import mqtt, { type MqttClient } from 'mqtt';

/** The broker alone: what a question and its answer cost before any work is done. */
export interface Echo {
  /** Connects clients with a certificate of their own, as gateways do. */
  clients(count: number, identity: { key: string; cert: string }): Promise<EchoClient[]>;
  stop(): Promise<void>;
}

export interface EchoClient {
  ask(payload: Buffer): Promise<void>;
}

export async function startEcho(folder: string): Promise<Echo> {
  const { key, cert } = await makeServerFiles(folder);
  const script = join(import.meta.dirname, 'echo-broker.ts');
  const child = spawn(process.execPath, [script, key, cert], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('exit', () => child.kill());
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  const port = Number(line.split(' ').at(-1));
  const open: MqttClient[] = [];
  return {
    clients: (count, { key, cert }) =>
      Promise.all(
        Array.from({ length: count }, async (_, i) => {
          const client = await mqtt.connectAsync(`mqtts://127.0.0.1:${port}`, {
            ...{ key, cert, clientId: `echo-${i}`, rejectUnauthorized: false, noDelay: true },
          });
          open.push(client);
          await client.subscribeAsync(`echo/${i}/down`, { qos: 1 });
          return echoClient(client, `echo/${i}/up`);
        }),
      ),
    async stop() {
      for (const client of open) await client.endAsync(true);
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function echoClient(client: MqttClient, topic: string): EchoClient {
  let answered: (() => void) | undefined;
  client.on('message', () => answered?.());
  return {
    ask: (payload) =>
      new Promise((resolve) => {
        answered = resolve;
        client.publish(topic, payload, { qos: 1 });
      }),
  };
}

async function makeServerFiles(folder: string): Promise<{ key: string; cert: string }> {
  const now = Date.now();
  const root = await makeAuthority({ name: 'Bench', now, serial: randomBytes(16) });
  const server = await makeServerCertificate({
    ...{ authority: root, hosts: ['127.0.0.1'], now, serial: randomBytes(16) },
  });
  const files = { key: join(folder, 'echo-key.pem'), cert: join(folder, 'echo-cert.pem') };
  writeFileSync(files.key, server.privateKey);
  writeFileSync(files.cert, server.chain);
  return files;
}
