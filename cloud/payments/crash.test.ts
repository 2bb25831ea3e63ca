import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../../scripts/patience.ts';
import { type Api, adminApi, perform } from '../test/api.ts';
import { MOLLIE_KEY, need, newOrder } from '../test/shop.ts';
import { type MollieServer, startMollie } from './test/mollie-server.ts';

const SCRIPT = fileURLToPath(new URL('../test/run-cloud.ts', import.meta.url));
let dir: string;
let mollie: MollieServer;
let child: ChildProcess | undefined;

test.before.each(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-payments-'));
  mollie = await startMollie();
});
test.after.each(async () => {
  await kill();
  await mollie.stop();
  await rm(dir, { recursive: true, force: true });
});

async function start(): Promise<Api> {
  const ports = { httpPort: 0, enrolPort: 0, mqttPort: 0 };
  const options = { dataDir: dir, host: '127.0.0.1', ...ports, mollie: mollie.address };
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

async function shop(api: Api, method: string, path: string, body?: object, headers = {}) {
  const response = await fetch(`${api.base}/shop/api/v1${path}`, {
    method,
    headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: await response.json() };
}

/** An order of two tickets in a shop with Mollie. */
async function ordered(api: Api) {
  need(await api.call('PUT', '/payments/settings', { mollieKey: MOLLIE_KEY }), 200);
  const starts = Date.now() + 86_400_000;
  const performance = await perform(api, { capacity: 100, starts });
  const types = [{ name: 'Adult', kind: 'normal', prices: [{ cents: 1_250 }] }];
  const put = await api.call('PUT', `/performances/${performance}/ticket-types`, { types });
  need(await api.call('PATCH', `/performances/${performance}/sale`, { open: true }), 200);
  const tickets = [{ type: need(put, 200).types[0].id, count: 2 }];
  const filled = need(await shop(api, 'POST', '/basket/places', { performance, tickets }), 201);
  const headers = { 'x-basket': filled.token };
  return { performance, ...need(await shop(api, 'POST', '/orders', newOrder(), headers), 201) };
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}

test('kill -9 between payment and confirmation ends paid and confirmed', async () => {
  const before = await start();
  const { order, token, performance: show } = await ordered(before);
  const headers = { 'x-order': token };
  need(await shop(before, 'POST', `/orders/${order.id}/payments`, undefined, headers), 201);
  await kill();
  const [reference] = [...mollie.payments.keys()] as [string];
  mollie.turn(reference, 'paid');

  const after = await start();
  const state = async () =>
    need(await shop(after, 'GET', `/orders/${order.id}`, undefined, headers), 200).state;
  // Nobody tells it: the webhook found nobody at home. It asks by itself.
  await until(async () => (await state()) === 'confirmed', 'confirmed');
  const { tickets } = need(await after.call('GET', `/performances/${show}/tickets`), 200);
  assert.is(tickets.length, 2);
  assert.is(mollie.refunds.length, 0);
});

/** Milliseconds from its question whether it is paid, whose answer begins the transaction. */
const INTO_CONFIRMING_MS = [0, 5];

test('kill -9 while it is confirmed leaves each order confirmed once, with its tickets', async () => {
  let api = await start();
  let heard = 0;
  for (const [round, wait] of INTO_CONFIRMING_MS.entries()) {
    const { order, token, performance: show } = await ordered(api);
    const headers = { 'x-order': token };
    need(await shop(api, 'POST', `/orders/${order.id}/payments`, undefined, headers), 201);
    const reference = [...mollie.payments.keys()][round] as string;
    mollie.turn(reference, 'paid');
    const killed = new Promise<void>((done, failed) => {
      const end = () => void kill().then(done, failed);
      mollie.onSeen = () => (wait === 0 ? end() : setTimeout(end, wait));
    });
    const told = mollie.tell(reference).catch(() => 0);
    await killed;
    if ((await told) === 200) heard += 1;

    api = await start();
    const state = async () =>
      need(await shop(api, 'GET', `/orders/${order.id}`, undefined, headers), 200).state;
    await until(async () => (await state()) === 'confirmed', `round ${round} confirmed`);
    const { tickets } = need(await api.call('GET', `/performances/${show}/tickets`), 200);
    assert.is(tickets.length, 2);
    const { events } = need(await api.call('GET', `/orders/${order.id}`), 200);
    const confirmed = events.filter(({ what }: { what: string }) => what === 'confirmed');
    assert.is(confirmed.length, 1, `round ${round}`);
  }
  assert.is(mollie.refunds.length, 0);
  assert.ok(heard < INTO_CONFIRMING_MS.length, 'at least one was killed before it answered');
});

test('a line cut while a payment is made makes no second one', async () => {
  const api = await start();
  const { order, token } = await ordered(api);
  mollie.isCutting = true;
  const headers = { 'x-order': token };
  await shop(api, 'POST', `/orders/${order.id}/payments`, undefined, headers);
  await kill();
  const after = await start();
  const [reference] = [...mollie.payments.keys()] as [string];
  mollie.turn(reference, 'paid');
  const state = async () =>
    need(await shop(after, 'GET', `/orders/${order.id}`, undefined, headers), 200).state;
  await until(async () => (await state()) === 'confirmed', 'confirmed');
  assert.is(mollie.payments.size, 1);
});

test.run();
