import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeNameRequest, makePrivateKey } from '@gatehouse/provisioning/authority';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../../scripts/patience.ts';
import { HOOK_SECRET, missingPebble, type Pebble, startPebble } from '../../scripts/pebble.ts';
import type { Clock } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { openFresh } from '../test/fresh-store.ts';
import { createPageNames, ORDER_AGAIN_MS, ORDERS_A_WEEK_MAX } from './page-names.ts';

/** Pauses are this much shorter: nothing but the test server is waited for. */
const FASTER = 60;
const missing = missingPebble();
const names = suite('public names');
const test = missing ? names.skip : names;
if (missing) console.log(`SKIPPED public names: ${missing}`);

let moved = 0;
const clock: Clock = {
  now: () => Date.now() + moved,
  monotonic: () => performance.now() + moved,
  setTimeout: (run, ms) => setTimeout(run, ms / FASTER),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};
const logged: string[] = [];
const note = (fields: object, message: string) =>
  void logged.push(`${message} ${JSON.stringify(fields)}`);
let dir: string;
let store: Store;
let pebble: Pebble;
let pageNames: ReturnType<typeof createPageNames>;

names.before(async () => {
  if (missing) return;
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-names-'));
  store = await openFresh(join(dir, 'test.db'), clock);
  pebble = await startPebble();
  pageNames = createPageNames({ store, clock, log: { info: note, warn: note, error: note } });
  pageNames.start();
});
names.after(async () => {
  await pageNames?.stop();
  await store?.stop();
  await pebble?.stop();
  if (dir) await rm(dir, { recursive: true, force: true });
});

const settings = () => ({
  ...{ domain: 'gate.kade.example', directory: pebble.directory, caCertificate: pebble.ca },
  ...{ contact: 'techniek@kade.example', hook: pebble.hook, waitSeconds: 1, agreed: true as const },
});

async function asks(gateway: string, request?: string, addresses = ['192.168.7.20']) {
  return pageNames.ask(gateway, { addresses, ...(request ? { request } : {}) });
}

/** Asks until there is a certificate, as a gateway does. */
async function certificateOf(gateway: string, request: string): Promise<string> {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    const { chain } = await asks(gateway, request);
    if (chain) return chain;
    assert.ok(Date.now() < end, JSON.stringify((await pageNames.list()).map((row) => row.answer)));
    await new Promise((again) => setTimeout(again, 50));
  }
}

async function faultOf(gateway: string) {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    const row = (await pageNames.list()).find((one) => one.gateway === gateway);
    if (row?.fault) return row;
    assert.ok(Date.now() < end, 'no fault came');
    await new Promise((again) => setTimeout(again, 50));
  }
}

test('without settings there are no names', async () => {
  assert.equal(await asks('gw-1'), { name: null, chain: null });
  assert.equal(await pageNames.list(), []);
});

test('a gateway gets its name, an address in DNS and a certificate for its own key', async () => {
  await pageNames.configure({ settings: settings(), secret: HOOK_SECRET });
  const { name } = await asks('gw-1');
  assert.is(name, 'gw-1.gate.kade.example');
  const key = await makePrivateKey();
  const request = await makeNameRequest(key, name ?? '');
  const chain = await certificateOf('gw-1', request);
  const [leaf, ...above] = chain
    .split(/(?<=-----END CERTIFICATE-----)/)
    .filter((pem) => pem.includes('BEGIN'))
    .map((pem) => new X509Certificate(pem));
  assert.is(leaf?.checkHost(name ?? ''), name);
  assert.ok(above.length > 0, 'the whole chain');
  const root = new X509Certificate(await pebble.root());
  assert.ok(above.at(-1)?.verify(root.publicKey) || above.at(-1)?.fingerprint === root.fingerprint);
  const told = pebble.told.map(({ action, type, name: of }) => `${action} ${type} ${of}`);
  assert.equal(told, [
    'set A gw-1.gate.kade.example',
    'set TXT _acme-challenge.gw-1.gate.kade.example',
    'clear TXT _acme-challenge.gw-1.gate.kade.example',
  ]);
  assert.is(pebble.told[0]?.value, '192.168.7.20');
  const before = pebble.told.length;
  await certificateOf('gw-1', request);
  assert.is(pebble.told.length, before, 'an answer that was lost is given again for nothing');
});

test('another address is told to DNS, and the certificate stays', async () => {
  await asks('gw-1', undefined, ['192.168.7.21']);
  for (const end = Date.now() + PATIENCE_MS; pebble.told.at(-1)?.value !== '192.168.7.21'; ) {
    assert.ok(Date.now() < end);
    await new Promise((again) => setTimeout(again, 20));
  }
  assert.equal(
    (await pageNames.list()).map(({ chain, fault }) => [chain !== null, fault]),
    [[true, null]],
  );
});

test('the same account orders again; one gateway gets no two certificates within an hour', async () => {
  const { account } = (await pageNames.settings()) ?? {};
  assert.ok(account?.kid.startsWith('https://'));
  const request = await makeNameRequest(await makePrivateKey(), 'gw-1.gate.kade.example');
  const asked = pebble.told.length;
  await asks('gw-1', request);
  await new Promise((done) => setTimeout(done, 100));
  assert.is(pebble.told.slice(asked).filter(({ type }) => type === 'TXT').length, 0);
  moved += ORDER_AGAIN_MS;
  assert.ok(await certificateOf('gw-1', request));
  assert.equal((await pageNames.settings())?.account, account);
});

test('a hook that takes nothing, or another secret, is a fault in words, tried again by hand', async () => {
  pebble.next.push(503);
  const request = await makeNameRequest(await makePrivateKey(), 'gw-2.gate.kade.example');
  await asks('gw-2', request);
  const row = await faultOf('gw-2');
  assert.equal([row.fault, row.answer, row.tries], ['dns-hook-failed', 'it answered 503', 1]);
  await pageNames.retry('gw-2');
  assert.ok(await certificateOf('gw-2', request));
  assert.not.match(logged.join(), HOOK_SECRET);
});

test('a request for another name, or a proof that is not seen, is refused by the authority', async () => {
  const wrong = await makeNameRequest(await makePrivateKey(), 'gw-9.gate.kade.example');
  await asks('gw-3', wrong);
  assert.is((await faultOf('gw-3')).fault, 'acme-refused');
  pebble.next.push(204, 200);
  const unseen = await makeNameRequest(await makePrivateKey(), 'gw-4.gate.kade.example');
  await asks('gw-4', unseen);
  const row = await faultOf('gw-4');
  assert.is(row.fault, 'acme-refused');
  assert.match(row.answer ?? '', /TXT|authorization|challenge/i);
});

test('what is no request for a certificate is refused; an authority that is gone is a fault', async () => {
  let code = '';
  await asks('gw-5', 'nonsense').catch((fault: { code: string }) => {
    code = fault.code;
  });
  assert.is(code, 'request-invalid');
  await pageNames.configure({ settings: { ...settings(), directory: 'https://localhost:1/dir' } });
  const request = await makeNameRequest(await makePrivateKey(), 'gw-5.gate.kade.example');
  await asks('gw-5', request);
  assert.is((await faultOf('gw-5')).fault, 'acme-unreachable');
});

test('no more certificates are ordered in a week than allowed', async () => {
  const ordered = JSON.stringify(Array.from({ length: ORDERS_A_WEEK_MAX }, () => clock.now()));
  await store.db.updateTable('page_name_settings').set({ ordered }).execute();
  await pageNames.configure({ settings: settings() });
  const request = await makeNameRequest(await makePrivateKey(), 'gw-6.gate.kade.example');
  await asks('gw-6', request);
  assert.is((await faultOf('gw-6')).fault, 'acme-orders-full');
});

test('the secret goes to no other hook, and never over the network in clear', async () => {
  const codeOf = (input: Parameters<typeof pageNames.configure>[0]) =>
    pageNames.configure(input).then(
      () => '',
      ({ code }) => code,
    );
  const other = { ...settings(), hook: 'https://evil.example/dns' };
  assert.is(await codeOf({ settings: other }), 'page-secret-missing');
  const clear = { ...settings(), hook: 'http://dns.kade.example/hook' };
  assert.is(await codeOf({ settings: clear, secret: HOOK_SECRET }), 'page-hook-in-clear');
  pageNames.forget('gw-1');
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    if (!(await pageNames.list()).some(({ gateway }) => gateway === 'gw-1')) break;
    assert.ok(Date.now() < end, 'one that is revoked is forgotten');
  }
  await pageNames.configure({ settings: null });
  assert.equal(await asks('gw-1'), { name: null, chain: null });
});

names.run();
