import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Api, adminApi, perform } from '../../test/api.ts';
import { need } from '../../test/shop.ts';

const SCRIPT = fileURLToPath(new URL('../../test/run-cloud.ts', import.meta.url));
const TICKETS = 2_000;
const KILLS = 3;
let dir: string;
let child: ChildProcess | undefined;

async function start(): Promise<Api> {
  const ports = { httpPort: 0, enrolPort: 0, mqttPort: 0 };
  const options = { dataDir: dir, host: '127.0.0.1', ...ports };
  child = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = (await once(lines, 'line')) as [string];
  return adminApi(line.slice('cloud ready '.length), dir);
}

async function kill(): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-bulk-'));
});
test.after(async () => {
  await kill();
  await rm(dir, { recursive: true, force: true });
});

test('B3: a bulk delivery that is killed again and again delivers every ticket once', async () => {
  let api = await start();
  const performance = await perform(api);
  const lines = Array.from({ length: TICKETS }, (_, n) => `{"code":"GUEST-${n}"}`).join('\n');
  const type = { 'content-type': 'application/x-ndjson' };
  need(await api.call('POST', `/performances/${performance}/tickets/import`, lines, type), 200);
  const body = { reason: 'the printer mixed them up', replaceCode: true };
  const begun = need(await api.call('POST', `/performances/${performance}/deliveries`, body), 202);
  for (let n = 0; n < KILLS; n++) {
    await kill();
    api = await start();
  }
  let job = begun;
  for (let n = 0; n < 500 && job.state === 'running'; n++) {
    await new Promise((done) => setTimeout(done, 20));
    job = need(await api.call('GET', `/delivery-jobs/${begun.id}`), 200);
  }
  assert.equal([job.state, job.total, job.delivered, job.skipped], ['done', TICKETS, TICKETS, 0]);
  const list = need(await api.call('GET', `/performances/${performance}/tickets?limit=1000`), 200);
  assert.is(list.tickets.length, TICKETS, 'graves are in no list');
  const [one] = list.tickets;
  const { deliveries } = need(await api.call('GET', `/tickets/${one.id}/deliveries`), 200);
  assert.is(deliveries.length, 1);
});

test.run();
