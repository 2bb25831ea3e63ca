import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../../../scripts/patience.ts';
import { type FakeSmtp, startSmtp } from '../../mail/test/fake-smtp.ts';
import { type Api, adminApi, perform } from '../../test/api.ts';
import { need } from '../../test/shop.ts';

const SCRIPT = fileURLToPath(new URL('../../test/run-cloud.ts', import.meta.url));
const TICKETS = 5_000;
const PER_ORDER = 10;
/**
 * Tickets sold in orders, whose guests get a mail with a PDF, and imported ones, whose guests nobody
 * knows. With 500 as its argument this file mails all 5,000 (docs/sale.md has what came of it).
 */
const ORDERS = Number(process.argv[2] ?? 30);
const IMPORTED = TICKETS - ORDERS * PER_ORDER;
const KILLS = 10;
/** In so many of them, the last ones, a mail has been taken and its answer is still out. */
const KILLS_IN_THE_GAP = 3;
const HOUR_MS = 3_600_000;
const READY = 'cloud ready ';
/** A database that was killed is recovered first, by whoever opens it. */
const READ = { readOnly: true, timeout: PATIENCE_MS };
const SHOWN_MS = 20;

let dir: string;
let smtp: FakeSmtp;
let child: ChildProcess | undefined;
let api: Api;

/** Starts the cloud; resolves when it answers. */
async function start(): Promise<void> {
  const ports = { httpPort: 0, enrolPort: 0, mqttPort: 0 };
  const options = { dataDir: dir, host: '127.0.0.1', demonstration: true, ...ports };
  child = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  for await (const line of lines) {
    if (!line.startsWith(READY)) continue;
    api = await adminApi(line.slice(READY.length), dir);
    return;
  }
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
  if (IMPORTED === 0) return id;
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

/** Waits until the database says so; looks whenever something is written to it. */
async function until(says: (database: DatabaseSync) => boolean): Promise<void> {
  const database = new DatabaseSync(join(dir, 'gatehouse.db'), READ);
  const written = watch(dir);
  let later: NodeJS.Timeout | undefined;
  await new Promise<void>((done) => {
    const look = () => says(database) && done();
    written.on('change', () => {
      look();
      // A transaction shows a moment after it is written.
      clearTimeout(later);
      later = setTimeout(look, SHOWN_MS);
    });
    look();
  });
  clearTimeout(later);
  written.close();
  database.close();
}

type Job = { state: string; total: number; delivered: number; skipped: number };

const jobIn = (database: DatabaseSync) =>
  database
    .prepare('select state, total, delivered, skipped from delivery_jobs')
    .get() as unknown as Job;

/** Kills the cloud after a step of the job that it went on with; says how far it was. */
async function killInTheMiddle(before: number): Promise<number> {
  let now: Job | undefined;
  await until((database) => {
    now = jobIn(database);
    if (now.delivered > before) child?.kill('SIGKILL');
    return now.delivered > before;
  });
  await kill();
  assert.is(now?.state, 'running', 'in the middle of the job');
  return now?.delivered ?? 0;
}

/** Kills the cloud while the answer to a mail is still out. */
async function killInTheGap(): Promise<void> {
  const came = smtp.received.length;
  smtp.next.push(...Array.from({ length: ORDERS }, () => ({ slow: HOUR_MS })));
  await smtp.receives(came + 1);
  await kill();
  smtp.next.length = 0;
}

interface Mail {
  readonly id: string;
  readonly address: string;
  readonly state: string;
  readonly unsure: number;
}

/** Waits until no mail waits any more, and kills the cloud for the last time. */
async function counted() {
  const write = new DatabaseSync(join(dir, 'gatehouse.db'), { timeout: READ.timeout });
  // A mail that a busy machine did not get done waits a minute for its next try: that is now.
  const hurry = write.prepare(
    `update mail_outbox set next_at = 0 where state = 'queued' and next_at > ?`,
  );
  const waiting = `select count(*) as n from mail_outbox where state in ('queued', 'sending')`;
  await until((written) => {
    hurry.run(Date.now());
    return (written.prepare(waiting).get() as { n: number }).n === 0;
  });
  write.close();
  await kill();
  const database = new DatabaseSync(join(dir, 'gatehouse.db'), READ);
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
  smtp.next.push(...Array.from({ length: ORDERS * KILLS }, () => ({ slow: HOUR_MS })));
  await setMail();
  const body = { reason: 'the printer mixed them up', replaceCode: true };
  const { id } = need(await api.call('POST', `/performances/${performance}/deliveries`, body), 202);
  let delivered = 0;
  let started: Promise<void> | undefined;
  for (let killed = 0; killed < KILLS; killed++) {
    if (killed < KILLS - KILLS_IN_THE_GAP) delivered = await killInTheMiddle(delivered);
    else await killInTheGap();
    started = start();
  }
  await until((database) => jobIn(database).state !== 'running');
  await started;
  const job = need(await api.call('GET', `/delivery-jobs/${id}`), 200);
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
  console.log(`${TICKETS} tickets, ${ORDERS} mails, ${KILLS} kills: ${again} mails came again`);
});

const messageId = (source: string) => /^Message-ID: (.+)\r$/m.exec(source)?.[1] ?? '';

test.run();
