import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../../scripts/free-port.ts';
import { adminApi, enrol, perform } from '../test/api.ts';
import { admission, type Rows } from '../test/offline.ts';

const SCRIPT = fileURLToPath(new URL('../test/run-cloud.ts', import.meta.url));
/** Kills, each at another moment of the drain. */
const ROUNDS = 3;
const TICKETS = 60;
let dir: string;
let child: ChildProcess | undefined;

test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-conflicts-'));
});
test.after(async () => {
  await kill();
  await rm(dir, { recursive: true, force: true });
});

async function kill(): Promise<void> {
  if (child?.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function start(mqttPort: number): Promise<string> {
  const options = { dataDir: dir, host: '127.0.0.1', httpPort: 0, enrolPort: 0, mqttPort };
  child = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = (await once(lines, 'line')) as [string];
  return line.slice('cloud ready '.length);
}

test('kill -9 while two doors drain: every double admission is found, and found once', async () => {
  const mqttPort = await freePort();
  let api = await adminApi(await start(mqttPort), dir);
  const gates = [await enrol(api, join(dir, 'one')), await enrol(api, join(dir, 'two'))];
  const performance = await perform(api);
  const batches: { gate: number; rows: Rows }[] = [];
  for (let n = 0; n < TICKETS; n++) {
    const { body } = await api.call('POST', `/performances/${performance}/tickets`, {});
    for (const gate of [0, 1]) {
      const at = Date.now() - 1_800_000 + n * 1_000 + gate * 60_000;
      batches.push({ gate, rows: admission({ id: body.id, performance }, { at }) });
    }
  }
  for (let round = 0; round <= ROUNDS; round++) {
    const clients = await Promise.all(gates.map((gate) => gate.connect(mqttPort)));
    let answered = 0;
    const until = round < ROUNDS ? 20 + round * 25 : batches.length;
    // Without an answer a gateway sends all again: so does every round.
    for (const { gate, rows } of batches) {
      clients[gate]?.send('journal', { epoch: rows.epoch, rows: rows.rows });
    }
    for (const { gate, rows } of batches) {
      await clients[gate]?.next('journal', ({ epoch }) => epoch === rows.epoch);
      answered += 1;
      if (answered >= until) break;
    }
    if (round === ROUNDS) {
      for (const client of clients) await client.end();
      break;
    }
    await kill();
    await Promise.all(clients.map((client) => client.closed()));
    api = await adminApi(await start(mqttPort), dir);
  }
  const { body } = await api.call('GET', '/conflicts?limit=500');
  const tickets = new Set(body.conflicts.map(({ ticket }: { ticket: string }) => ticket));
  assert.is(body.conflicts.length, TICKETS);
  assert.is(tickets.size, TICKETS);
  for (const { passages, kind, order } of body.conflicts) {
    assert.equal(
      passages.map(({ gateway }: { gateway: string }) => gateway),
      gates.map(({ gateway }) => gateway),
    );
    assert.equal([kind, order], ['could-not-know', 'time']);
  }
});

test.run();
