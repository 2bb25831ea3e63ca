import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { beaconIndexAt } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../scripts/patience.ts';
import { DATABASE_FILE } from './cloud.ts';
import type { Clock } from './ports.ts';
import { startCloud, type WholeCloud } from './test/whole-cloud.ts';

/**
 * "What is stored for how long" of docs/security.md, row by row: a running cloud is given one of
 * everything, its clock is moved, and its own rounds remove each in its time and not before.
 */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: Readonly<Record<string, number>> = { minute: MINUTE, hour: HOUR, day: DAY };
/** All rounds have come by after it. */
const ROUNDS = 61 * MINUTE;
const NUMBER = '+31612345678';

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'security.md'), 'utf8');
const rows = page
  .slice(page.indexOf('| what | stored |'))
  .split('\n\n')[0]
  ?.split('\n')
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, what = '', stored = '']) => ({ what, stored })) as { what: string; stored: string }[];

/** How long a cell says. */
function lasts(stored: string): number {
  const [, count, unit = ''] = /^(\d+) (minute|hour|day)s?/.exec(stored) ?? [];
  return Number(count) * (UNITS[unit] ?? Number.NaN);
}

let timers: { at: number; run: () => void }[] = [];
let at = Date.now();
/** Stands still until it is moved; what has become due is run then. */
const clock: Clock = {
  now: () => at,
  monotonic: () => at,
  setTimeout(run, milliseconds) {
    const timer = { at: at + milliseconds, run };
    timers.push(timer);
    return timer;
  },
  clearTimeout(timer) {
    timers = timers.filter((one) => one !== timer);
  },
};

let house: WholeCloud;
let data: DatabaseSync;
let tenant: string;

/** Moves time; what is due comes by as often as said, the last time at the end. */
async function move(milliseconds: number, often = 2): Promise<void> {
  const step = Math.min(MINUTE, milliseconds / often);
  at += milliseconds - often * step;
  for (let turn = 0; turn < often; turn += 1) {
    at += step;
    await runDue();
  }
}

async function runDue(): Promise<void> {
  const due = timers.filter((one) => one.at <= at);
  timers = timers.filter((one) => one.at > at);
  for (const { run } of due) run();
  await new Promise((done) => setTimeout(done, 3));
}

function put(table: string, values: Record<string, SQLInputValue>): void {
  const names = Object.keys(values);
  const marks = names.map(() => '?').join(', ');
  const sql = `insert into ${table} (${names.join(', ')}) values (${marks})`;
  data.prepare(sql).run(...Object.values(values));
}
const count = (from: string) =>
  Number((data.prepare(`select count(*) as n from ${from}`).get() as { n: number }).n);

let changes = 1_000_000;
/** The newest beacon that the cloud has made by itself. */
let slot = 0;

interface Proof {
  /** Stores one. */
  readonly put: () => unknown;
  /** How much is left of what the row speaks of. */
  readonly left: () => number;
  /** Milliseconds that it stays, where the cell names no such time. */
  readonly lasts?: number;
  /** In how many of its rounds the cloud looks at it once. */
  readonly often?: number;
  /** What ends it, where time alone does not. */
  readonly end?: () => unknown;
}

const mail = (template: string, state: string, id: string) =>
  put('mail_outbox', {
    ...{ id, key: id, template, language: 'nl', address: 'anna@example.org', data: '{"a":1}' },
    ...{ attachments: '[]', state, next_at: at, created: at, changed: at, subject: 'Kaarten' },
  });
const sms = (reference: string) =>
  put('sms_messages', {
    ...{ reference, tenant, provider: 'outbox', purpose: 'login', number_masked: '+31 … 78' },
    ...{ state: 'accepted', parts: 1, made: at, changed: at, outbox_number: NUMBER },
    outbox_text: 'Your code is 482913',
  });
const account = (id: string) =>
  put('accounts', {
    ...{ id, tenant, email: `${id}@example.org`, name: 'Anna', language: 'nl', created: at },
  });
const session = (kind: string, lasting: number) =>
  put('sessions', {
    ...{ digest: kind, tenant, kind, subject: kind, means: 'link', agent: '' },
    ...{ created: at, seen: at, authenticated: at, expires: at + lasting },
  });
const show = (id: string, ends: number) => {
  const flags = { secure: 1, re_entry: 0, offline: 'refuse', stale_phone: 'refuse' };
  put('productions', { id, title: 'Night Ferry', created: at });
  const about = { id, production: id, hall: 'main', starts: at, ends, created: at };
  put('performances', { ...about, ...flags });
};
/** A confirmed order of one secure ticket. */
function bought(id: string, of: string, ends: number): void {
  show(id, ends);
  changes += 1;
  put('tickets', {
    ...{ id, kind: 'secure', performance: id, handle: id, status: 'valid', uses: 1 },
    ...{ phone: NUMBER, change: changes, created: at },
  });
  put('orders', {
    ...{ id, number: id, digest: id, client_key: id, account: of, phone: NUMBER, name: 'Anna' },
    ...{ email: `${of}@example.org`, language: 'nl', channel: 'web', state: 'confirmed' },
    ...{ delivery: 'e-ticket', total: 0, created: at, changed: at },
  });
  put('order_items', {
    ...{ id, order_id: id, performance: id, rank: '', type: 'x', label: '{}', secure: 1 },
    ...{ cents: 0, state: 'active', ticket: id, position: 0 },
  });
}

/** As its guest does it: logged in by a link a moment ago. */
async function remove(id: string): Promise<void> {
  const secret = randomBytes(32).toString('base64url');
  const digest = createHash('sha256').update(secret).digest('hex');
  put('sessions', {
    ...{ digest, tenant, kind: 'guest', subject: id, means: 'link', agent: '' },
    ...{ created: at, seen: at, authenticated: at, expires: at + DAY },
  });
  const csrf = createHmac('sha256', secret).update('csrf').digest('base64url');
  const answer = await fetch(`${house.api.base}/account/api/v1/account`, {
    method: 'DELETE',
    headers: {
      ...{ cookie: `gatehouse-guest=${secret}`, 'x-csrf-token': csrf },
      origin: house.api.base,
    },
  });
  assert.is(answer.status, 204, await answer.text());
}

const PROOFS: Readonly<Record<string, Proof>> = {
  'a mail’s address, name and text': {
    often: 61,
    put: () => mail('order-confirmation', 'sent', 'told'),
    left: () =>
      count(`mail_outbox where address is not null or data is not null
      or subject is not null`),
  },
  'that a mail was sent': {
    often: 61,
    put: () => mail('order-confirmation', 'sent', 'row'),
    left: () => count(`mail_outbox where id = 'row'`),
  },
  'a held mail that logs somebody in, its text': {
    put: () => mail('login-link', 'held', 'secret'),
    left: () => count(`mail_outbox where id = 'secret' and data is not null`),
  },
  'number and code of an SMS in the outbox': {
    put: () => sms('text'),
    left: () => count(`sms_messages where outbox_number is not null or outbox_text like '%4829%'`),
  },
  'that an SMS was sent, and what became of it': {
    put: () => sms('row'),
    left: () => count(`sms_messages where reference = 'row'`),
  },
  'alarms of SMS': {
    put: () =>
      put('sms_alarms', {
        ...{ tenant, code: 'code-prefix-blocked', subject: '+3161234', day: 1 },
        ...{ severity: 'notice', at },
      }),
    left: () => count('sms_alarms where day = 1'),
  },
  'a one-time code, as an HMAC': {
    put: () =>
      put('phone_codes', {
        ...{ tenant, purpose: 'login', number: Buffer.from('n'), code: Buffer.from('c') },
        ...{ send: 1, expires: at + 10 * MINUTE, tries: 0 },
      }),
    left: () => count(`phone_codes where number = x'6e'`),
  },
  'who asked for codes, as HMACs, for the limits': {
    put: () =>
      put('phone_sends', {
        ...{ tenant, at, number: Buffer.from('n'), prefix: '+31612', dialling: '31' },
        ...{ address: Buffer.from('a'), network: Buffer.from('b') },
      }),
    left: () => count('phone_sends'),
  },
  'wrong codes in a row, by an HMAC of the number': {
    put: () => put('phone_failures', { tenant, number: Buffer.from('n'), failures: 3, at }),
    left: () => count(`phone_failures where number = x'6e'`),
  },
  'that the SMS kept back for a guest was used': {
    put: () => put('phone_kept_back', { tenant, number: Buffer.from('n'), performance: 'p', at }),
    left: () => count('phone_kept_back'),
  },
  'a link in a mail': {
    put: () =>
      put('account_links', {
        ...{ digest: 'd', tenant, purpose: 'login', email: 'anna@example.org', browser: '' },
        ...{ language: 'nl', created: at, expires: at + 15 * MINUTE, used: at },
      }),
    left: () => count('account_links'),
  },
  'numbers that an account has asked codes for, as HMACs': {
    put() {
      account('numbers');
      put('account_phones', { account: 'numbers', number: Buffer.from('n'), asked: at });
    },
    left: () => count('account_phones'),
  },
  'a guest’s session that is not used': {
    put: () => session('guest', 30 * DAY),
    left: () => count(`sessions where kind = 'guest'`),
  },
  'a session of staff that is not used': {
    put: () => session('staff', 12 * HOUR),
    left: () => count(`sessions where kind = 'staff'`),
  },
  'wrong logins, by an HMAC of the name': {
    put: () => put('login_failures', { tenant, kind: 'guest', subject: 'x', failures: 3, at }),
    left: () => count('login_failures'),
  },
  'a portal’s session, with number and public key': {
    lasts: 5 * HOUR,
    put: () =>
      put('portal_sessions', {
        ...{ digest: 'd', phone: NUMBER, spki: Buffer.from('k'), created: at },
        expires: at + 5 * HOUR,
      }),
    left: () => count('portal_sessions'),
  },
  'a basket, with account and number': {
    put: () =>
      put('baskets', {
        ...{ digest: 'd', account: 'anna', phone: NUMBER, channel: 'web', until: at, created: at },
      }),
    left: () => count('baskets'),
  },
  'an account, and the name and addresses in its orders': {
    lasts: 500 * DAY,
    put() {
      account('removed');
      bought('order-1', 'removed', at);
    },
    end: () => remove('removed'),
    left: () => count(`accounts where id = 'removed'`) + count(`orders where email <> ''`),
  },
  'the number on a secure ticket and its order': {
    lasts: 30 * DAY,
    async put() {
      account('stays');
      account('goes');
      bought('order-2', 'stays', at + DAY);
      bought('order-3', 'goes', at + 30 * DAY);
      await remove('goes');
    },
    end: () => remove('stays'),
    left: () => count('tickets where phone is not null') + count('orders where phone is not null'),
  },
  'a gateway’s journal, word for word': {
    put() {
      const of = { gateway: 'g', epoch: 'e', digest: 'd' };
      put('journal', { ...of, seq: 1, previous: 'p', body: '{}', received: at });
      put('journal_heads', { ...of, up_to: 1 });
    },
    left: () => count('journal'),
  },
  'that a scan was passed, released or cancelled, beside the scan': {
    put: () => put('scan_facts', { gateway: 'g', scan: 's', kind: 'passed', at, received: at }),
    left: () => count('scan_facts'),
  },
  'scans that nobody passed on': {
    put: () =>
      put('scans', {
        ...{ gateway: 'g', scan: 's', lane: 'l', direction: 'entry', decided_by: 'cloud' },
        ...{ verdict: 'cancelled', at, received: at },
      }),
    left: () => count('scans'),
  },
  beacons: {
    put() {
      slot = beaconIndexAt(at);
    },
    left: () => count(`beacons where slot = ${slot}`),
  },
};

test('the cloud runs, its clock in our hands', async () => {
  house = await startCloud({ clock });
  data = new DatabaseSync(join(house.dir, 'data', DATABASE_FILE));
  data.exec(`pragma busy_timeout = ${PATIENCE_MS}`);
  tenant = (data.prepare('select id from tenants').get() as { id: string }).id;
  assert.ok(rows.length > 20);
});

for (const { what, stored } of rows) {
  test(`${what}: ${stored}`, async () => {
    const proof = PROOFS[what.replaceAll("'", '’')];
    assert.ok(proof, 'no proof');
    const time = proof.lasts ?? lasts(stored);
    await proof.put();
    const all = proof.left();
    assert.ok(all > 0);
    await move(time - MINUTE, proof.often);
    assert.is(proof.left(), all, 'until then it stays');
    await proof.end?.();
    await move(MINUTE + ROUNDS);
    for (const end = performance.now() + PATIENCE_MS; proof.left() > 0; await move(MINUTE, 1)) {
      assert.ok(performance.now() < end, 'it never goes');
    }
  });
}

test('every proof has its row', () => {
  assert.equal(
    rows.map(({ what }) => what.replaceAll("'", '’')),
    Object.keys(PROOFS),
  );
});

test.after(async () => {
  data?.close();
  // what ends politely waits for a moment on the clock
  const going = setInterval(() => void move(MINUTE, 1), 5);
  await house?.stop();
  clearInterval(going);
});

test.run();
