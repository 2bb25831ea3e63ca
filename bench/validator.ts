import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { filterOf, parseTopic, topicOf } from '@gatehouse/protocol';
import { decode, encode } from '@gatehouse/protocol/payload';
import mqtt, { type MqttClient } from 'mqtt';
import { v7 } from 'uuid';
import { benchFolder } from './disk.ts';
import { startEcho } from './echo.ts';
import { atLeast, type Benchmark } from './figure.ts';
import { type BenchGuest, makeGuests } from './guests.ts';
import { stampNow } from './sample.ts';
import { signatureCheck } from './scan-secure.ts';
import { type BenchCloud, startCloud } from './venue.ts';

const GATEWAYS = 50;
const SCANS_EACH = 20;
const ECHOES_EACH = 200;
const CHECKS = 3_000;
const GROUP = 50;
const GROUPS = 40;
/** Taken by the socket below; the client's own types leave it out. */
const NO_DELAY = { noDelay: true };
const PASSAGE_MS = 8_000;
const MESSAGE_BYTES = 600;

/** Scans per second of the validator with fifty gateways, grant and commit each. */
export const validator: Benchmark = {
  name: 'validator',
  about: 'scans/s of the validator, 50 gateways, against echo + signature + commit on one core',
  async run() {
    const folder = benchFolder();
    const cloud = await startCloud(folder.path);
    const gateways = await connectGateways(cloud, folder.path);
    const guests = await makeGuests(cloud, GATEWAYS * SCANS_EACH);
    const scans = await scanAll(gateways, guests);
    const identity = gateways[0] as BenchGateway;
    for (const { client } of gateways) await client.endAsync(true);
    await cloud.stop();
    const echoes = await echoRate(folder.path, identity);
    const checks = checkRate();
    const commits = commitRate(folder.path);
    folder.remove();
    const parts = 1 / (2 / echoes + 1 / checks + 2 / commits);
    const value = scans;
    const limit = { name: 'one-core sum of parts', value: parts, unit: 'scans/s' };
    const bare = { name: 'bare echo, two a scan', value: echoes / 2, unit: 'scans/s' };
    return [
      atLeast(1, { name: 'validator, 50 gateways', value, unit: 'scans/s', limit }),
      {
        ...atLeast(0, { name: 'validator beside its broker', value, unit: 'scans/s', limit: bare }),
        target: 'shown only',
      },
    ];
  },
};

interface BenchGateway {
  readonly id: string;
  readonly client: MqttClient;
  readonly key: string;
  readonly cert: string;
  ask(name: 'validate' | 'settle', message: object): Promise<{ verdict?: { key: string } }>;
}

async function connectGateways(cloud: BenchCloud, folder: string): Promise<BenchGateway[]> {
  const gateways: BenchGateway[] = [];
  for (let i = 0; i < GATEWAYS; i++) {
    const { enrolment, privateKey: key } = await cloud.enrol(join(folder, `gw${i}`));
    const { gateway: id, certificate: cert, mqtt: broker, tlsRoots: ca } = enrolment;
    const client = await mqtt.connectAsync(broker.url, {
      clientId: id,
      key,
      cert,
      ca,
      ...NO_DELAY,
    });
    await client.subscribeAsync(filterOf(id, 'down'), { qos: 1 });
    gateways.push(benchGateway(id, client, { key, cert }));
  }
  return gateways;
}

function benchGateway(
  id: string,
  client: MqttClient,
  identity: { key: string; cert: string },
): BenchGateway {
  let answered: ((message: { verdict?: { key: string } }) => void) | undefined;
  client.on('message', (topic, payload) => {
    const name = parseTopic(topic)?.name;
    if (name === 'validate') answered?.(decode('down', name, payload));
    if (name === 'settle') answered?.({});
  });
  return {
    ...{ id, client, ...identity },
    ask: (name, message) =>
      new Promise((resolve) => {
        answered = resolve;
        client.publish(topicOf(id, 'up', name), encode('up', name, message as never), { qos: 1 });
      }),
  };
}

async function scanAll(gateways: readonly BenchGateway[], guests: BenchGuest[]): Promise<number> {
  const codes = await Promise.all(guests.map((guest) => guest.code()));
  const began = performance.now();
  await Promise.all(
    gateways.map(async (gateway, i) => {
      for (const code of codes.slice(i * SCANS_EACH, (i + 1) * SCANS_EACH)) {
        await grantAndCommit(gateway, code);
      }
    }),
  );
  return (1000 * codes.length) / (performance.now() - began);
}

async function grantAndCommit(gateway: BenchGateway, code: string): Promise<void> {
  const common = { scanId: v7(), lane: `${gateway.id}.lane-1`, direction: 'entry', at: stampNow() };
  const times = { attempt: 1, deadlineMs: 10_000, passageMs: PASSAGE_MS };
  const { verdict } = await gateway.ask('validate', { ...common, ...times, code });
  if (verdict?.key !== 'ok') throw new Error(`${verdict?.key} instead of ok`);
  await gateway.ask('settle', { ...common, kind: 'passed' });
}

async function echoRate(folder: string, identity: BenchGateway): Promise<number> {
  const echo = await startEcho(folder);
  const clients = await echo.clients(GATEWAYS, identity);
  const payload = Buffer.alloc(MESSAGE_BYTES);
  const began = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (let i = 0; i < ECHOES_EACH; i++) await client.ask(payload);
    }),
  );
  const rate = (1000 * GATEWAYS * ECHOES_EACH) / (performance.now() - began);
  await echo.stop();
  return rate;
}

function checkRate(): number {
  const check = signatureCheck();
  const began = performance.now();
  for (let i = 0; i < CHECKS; i++) check();
  return (1000 * CHECKS) / (performance.now() - began);
}

/** Read, conditional update and log row, fifty to a synced transaction. */
function commitRate(folder: string): number {
  const db = new DatabaseSync(join(folder, 'commits.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec(
    'CREATE TABLE t (id INTEGER PRIMARY KEY, used INTEGER); CREATE TABLE l (t INTEGER, at TEXT)',
  );
  db.exec(
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) INSERT INTO t SELECT i, 0 FROM n',
  );
  const [read, mark, log] = [
    'SELECT used FROM t WHERE id = ?',
    'UPDATE t SET used = 1 WHERE id = ? AND used = 0',
    'INSERT INTO l VALUES (?, ?)',
  ].map((sql) => db.prepare(sql));
  const began = performance.now();
  for (let group = 0; group < GROUPS; group++) {
    db.exec('BEGIN IMMEDIATE');
    for (let i = 0; i < GROUP; i++) {
      const id = ((group * GROUP + i) * 7919) % 100_000;
      read?.get(id);
      mark?.run(id);
      log?.run(id, 'now');
    }
    db.exec('COMMIT');
  }
  const rate = (1000 * GROUPS * GROUP) / (performance.now() - began);
  db.close();
  return rate;
}
