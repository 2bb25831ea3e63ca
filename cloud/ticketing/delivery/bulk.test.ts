import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
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
  let job = begun;
  let killed = 0;
  while (killed < KILLS) {
    const before = job.delivered;
    while (job.state === 'running' && job.delivered === before) {
      job = need(await api.call('GET', `/delivery-jobs/${begun.id}`), 200);
    }
    if (job.state !== 'running') break;
    await kill();
    killed++;
    api = await start();
  }
  assert.is(killed, KILLS, 'each in the middle of the job');
  for (let n = 0; n < 500 && job.state === 'running'; n++) {
    await new Promise((done) => setTimeout(done, 20));
    job = need(await api.call('GET', `/delivery-jobs/${begun.id}`), 200);
  }
  assert.equal([job.state, job.total, job.delivered, job.skipped], ['done', TICKETS, TICKETS, 0]);
  const list = need(await api.call('GET', `/performances/${performance}/tickets?limit=1000`), 200);
  assert.is(list.tickets.length, 1_000, 'one page');
  await kill();
  const database = new DatabaseSync(join(dir, 'gatehouse.db'), { readOnly: true });
  const counted = database
    .prepare(
      `select (select count(*) from tickets where replaced_by is null) as tickets,
       (select count(*) from tickets where replaced_by is not null) as graves,
       (select count(distinct digest) from tickets) as codes,
       (select count(*) from deliveries) as deliveries,
       (select count(distinct ticket) from deliveries) as delivered`,
    )
    .get();
  database.close();
  const once = { tickets: TICKETS, graves: TICKETS, codes: 2 * TICKETS };
  assert.equal({ ...counted }, { ...once, deliveries: TICKETS, delivered: TICKETS });
});

test.run();
