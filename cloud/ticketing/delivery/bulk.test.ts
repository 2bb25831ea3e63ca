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
import { type FakeSmtp, startSmtp } from '../../mail/test/fake-smtp.ts';
import { type Api, adminApi, perform } from '../../test/api.ts';
import { need } from '../../test/shop.ts';

const SCRIPT = fileURLToPath(new URL('../../test/run-cloud.ts', import.meta.url));
/** Tickets sold in orders, whose guests get a mail, and imported ones, whose guests nobody knows. */
const ORDERS = 30;
const PER_ORDER = 10;
const IMPORTED = 4_700;
const TICKETS = ORDERS * PER_ORDER + IMPORTED;
const KILLS = 10;
/** In so many of them a mail has been taken and its answer is still out. */
const KILLS_IN_THE_GAP = 3;
const HOUR_MS = 3_600_000;

let dir: string;
let smtp: FakeSmtp;
let child: ChildProcess | undefined;
let api: Api;

async function start(): Promise<void> {
  const ports = { httpPort: 0, enrolPort: 0, mqttPort: 0 };
  const options = { dataDir: dir, host: '127.0.0.1', demonstration: true, ...ports };
  child = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = (await once(lines, 'line')) as [string];
  api = await adminApi(line.slice('cloud ready '.length), dir);
}

async function kill(): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-bulk-'));
  smtp = await startSmtp({});
  await start();
});
test.after(async () => {
  await kill();
  await smtp.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Sells and imports; nothing is mailed before there is a mail server. */
async function sold(): Promise<string> {
  const id = await perform(api, { capacity: TICKETS });
  const types = [{ name: 'Adult', kind: 'normal', prices: [{ rank: '', cents: 0 }] }];
  const put = need(await api.call('PUT', `/performances/${id}/ticket-types`, { types }), 200);
  need(await api.call('PATCH', `/performances/${id}/sale`, { plan: null, open: true }), 200);
  const places = { performance: id, tickets: [{ type: put.types[0].id, count: PER_ORDER }] };
  for (let n = 0; n < ORDERS; n++) {
    const guest = { key: `order-number-${n}`, name: 'Guest', email: `guest-${n}@example.org` };
    need(await api.call('POST', '/orders', { ...guest, places, paid: true }), 201);
  }
  const lines = Array.from({ length: IMPORTED }, (_, n) => `{"code":"GUEST-${n}"}`).join('\n');
  const type = { 'content-type': 'application/x-ndjson' };
  need(await api.call('POST', `/performances/${id}/tickets/import`, lines, type), 200);
  return id;
}

async function setMail(): Promise<void> {
  const server = {
    ...{ host: '127.0.0.1', port: smtp.port, tls: 'none', user: null, replyTo: null },
    ...{ from: { name: 'De Kade', address: 'kassa@kade.example' }, caCertificate: null },
  };
  const theater = { naam: 'De Kade', adres: '', telefoon: '', email: '', website: '' };
  need(await api.call('PUT', '/mail/settings', { server, theater }), 200);
}

/** Waits until some more is delivered. */
async function goOn(job: string) {
  const before = need(await api.call('GET', `/delivery-jobs/${job}`), 200);
  for (;;) {
    const now = need(await api.call('GET', `/delivery-jobs/${job}`), 200);
    if (now.delivered > before.delivered || now.state !== 'running') return now;
    await pause(2);
  }
}

interface Mail {
  readonly id: string;
  readonly address: string;
  readonly state: string;
  readonly unsure: number;
}

/** Waits until no mail waits any more, and kills the cloud for the last time. */
async function counted() {
  const database = new DatabaseSync(join(dir, 'gatehouse.db'), { readOnly: true });
  const waiting = database.prepare(
    `select count(*) as n from mail_outbox where state in ('queued', 'sending')`,
  );
  while ((waiting.get() as { n: number }).n > 0) await pause(50);
  await kill();
  const tickets = database
    .prepare(
      `select (select count(*) from tickets where replaced_by is null) as tickets,
       (select count(*) from tickets where replaced_by is not null) as graves,
       (select count(distinct digest) from tickets) as codes,
       (select count(*) from deliveries where how = 'bulk') as deliveries,
       (select count(distinct ticket) from deliveries where how = 'bulk') as delivered`,
    )
    .get();
  const mails = database
    .prepare(
      `select message_id as id, address, state, unsure from mail_outbox
       where template = 'tickets' order by id`,
    )
    .all() as unknown as Mail[];
  database.close();
  return { tickets: { ...tickets }, mails };
}

test('B3: a bulk delivery of 5,000 killed ten times delivers every ticket once, mails counted', async () => {
  const performance = await sold();
  let came = 0;
  smtp.next.push(...Array.from({ length: ORDERS * KILLS }, () => ({ slow: HOUR_MS })));
  await setMail();
  const body = { reason: 'the printer mixed them up', replaceCode: true };
  const { id } = need(await api.call('POST', `/performances/${performance}/deliveries`, body), 202);
  for (let killed = 0; killed < KILLS; killed++) {
    if (killed < KILLS_IN_THE_GAP) {
      while (smtp.received.length === came) await pause(2);
    } else assert.is((await goOn(id)).state, 'running', 'in the middle of the job');
    await kill();
    came = smtp.received.length;
    if (killed === KILLS_IN_THE_GAP - 1) smtp.next.length = 0;
    await start();
  }
  let job = need(await api.call('GET', `/delivery-jobs/${id}`), 200);
  while (job.state === 'running') {
    await pause(20);
    job = need(await api.call('GET', `/delivery-jobs/${id}`), 200);
  }
  assert.equal([job.state, job.total, job.delivered, job.skipped], ['done', TICKETS, TICKETS, 0]);
  const { tickets, mails } = await counted();
  const once = { tickets: TICKETS, graves: TICKETS, codes: 2 * TICKETS };
  assert.equal(tickets, { ...once, deliveries: TICKETS, delivered: TICKETS });
  assert.is(mails.length, ORDERS, 'one mail for each order');
  const byId = Map.groupBy(smtp.received, ({ source }) => messageId(source));
  for (const { id: message, address, state, unsure } of mails) {
    const copies = byId.get(message) ?? [];
    assert.is(state, 'sent');
    assert.ok(copies.length >= 1, 'every mail has come');
    assert.ok(
      copies.length <= 1 + unsure,
      'again only where its answer was lost, and that counted',
    );
    assert.ok(copies.every(({ to }) => to === address));
    byId.delete(message);
  }
  assert.is(byId.size, 0, 'and no other Message-ID');
  const again = smtp.received.length - ORDERS;
  assert.ok(again >= KILLS_IN_THE_GAP, `${again} came again`);
});

const messageId = (source: string) => /^Message-ID: (.+)\r$/m.exec(source)?.[1] ?? '';
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

test.run();
