import { join } from 'node:path';
import type { Heartbeat } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../scripts/patience.ts';
import { type Api, enrol } from './test/api.ts';
import { movableClock } from './test/house.ts';
import { stampOf } from './test/phone.ts';
import { startCloud, type WholeCloud } from './test/whole-cloud.ts';

let whole: WholeCloud;
test.before(async () => {
  whole = await startCloud();
});
test.after(() => whole.stop());

const clock = movableClock();
const beat = (n: number, more: Partial<Heartbeat> = {}): Heartbeat => ({
  ...{ beat: n, mono: n, at: stampOf(clock), software: '0.1.0', cursor: null, lanes: [] },
  queue: { rows: 0, settles: 0 },
  ...more,
});

test('which gateways one hears, and which it misses, is shown as its last heartbeat says', async () => {
  const { api, cloud, dir } = whole;
  const north = await enrol(api, join(dir, 'north'), { name: 'North' });
  const south = await enrol(api, join(dir, 'south'), { name: 'South' });
  const client = await north.connect(cloud.ports().mqtt);
  const peersOf = async (id: string) => {
    const { body } = await api.call('GET', '/gateways');
    return body.gateways.find((one: { id: string }) => one.id === id).peers;
  };
  const send = async (n: number, more?: Partial<Heartbeat>) => {
    client.send('heartbeat', beat(n, more));
    await client.next('heartbeat', (answer) => answer.beat === n);
  };
  await send(1);
  assert.is(await peersOf(north.gateway), null, 'an older gateway does not say');
  await send(2, { peers: { heard: [], missing: [south.gateway] } });
  assert.equal(await peersOf(north.gateway), { heard: [], missing: [south.gateway] });
  await send(3, { peers: { heard: [south.gateway], missing: [] } });
  assert.equal(await peersOf(north.gateway), { heard: [south.gateway], missing: [] });
  assert.is(await peersOf(south.gateway), null, 'it has never been here');
  const many = Array.from({ length: 65 }, (_, n) => `gw-${n}`);
  client.mqtt.publish(
    `gatehouse/1/${north.gateway}/up/heartbeat`,
    JSON.stringify(beat(4, { peers: { heard: many, missing: [] } })),
  );
  assert.match((await client.next('rejected')).topic, 'heartbeat');
  assert.equal(await peersOf(north.gateway), { heard: [south.gateway], missing: [] });
  await client.end();
});

test('a copied card is an alert within its next beats, before all else, and no longer once revoked', async () => {
  const { api, cloud, dir } = whole;
  const copied = await enrol(api, join(dir, 'copied'), { name: 'Copied' });
  const client = await copied.connect(cloud.ports().mqtt);
  const alerts = async () => {
    const { body } = await api.call('GET', '/alerts');
    return body.alerts.filter((one: { gateway: string }) => one.gateway === copied.gateway);
  };
  for (let n = 1; n <= 8; n += 1) {
    const at = { ...stampOf(clock), boot: `boot-${n % 2}` };
    client.send('heartbeat', beat(n, { at, disk: { free: 1, journal: 1, low: true } }));
    await client.next('heartbeat', (answer) => answer.beat === n);
  }
  await until('it is an alert', async () => (await alerts())[0]?.alert === 'cloned');
  await isMailed(api, 'Copied');
  const { body } = await api.call('GET', '/gateways');
  const row = body.gateways.find((one: { id: string }) => one.id === copied.gateway);
  assert.equal(row.alerts, ['cloned', 'disk-low']);
  await api.call('POST', `/gateways/${copied.gateway}/revoke`);
  await until('nobody need look any more', async () => (await alerts()).length === 0);
  await client.end();
});

test('an entrance keeps leading to a hall that gets another name, and is told at once', async () => {
  const { api, cloud, dir } = whole;
  const hall = { name: 'Grote zaal', ranks: [], seats: [] };
  const { id } = (await api.call('POST', '/halls', hall)).body;
  const led = await enrol(api, join(dir, 'led'), { halls: ['Grote zaal', 'Foyer'] });
  const other = await enrol(api, join(dir, 'other'), { halls: ['Foyer'] });
  const client = await led.connect(cloud.ports().mqtt);
  await api.call('PATCH', `/halls/${id}`, { name: 'Rabozaal' });
  const { document } = await client.next('config', ({ version }) => version === 2);
  // Performances that are on sale keep the name that stands on their tickets.
  assert.equal(JSON.parse(document).halls, ['Grote zaal', 'Foyer', 'Rabozaal']);
  const { gateways } = (await api.call('GET', '/gateways')).body;
  const of = (gateway: string) =>
    gateways.find((one: { id: string }) => one.id === gateway).configuration;
  assert.equal([of(led.gateway).version, of(other.gateway).version], [2, 1]);
  assert.equal(of(other.gateway).halls, ['Foyer']);
  const { audit } = (await api.call('GET', '/staff/audit?limit=1')).body;
  assert.equal(
    [audit[0].what, audit[0].details],
    ['hall-changed', { name: ['Grote zaal', 'Rabozaal'], gateways: 1 }],
  );
  const late = await enrol(api, join(dir, 'late'), { halls: ['Rabozaal'], uses: 2 });
  await api.call('PATCH', `/halls/${id}`, { name: 'Kleine zaal' });
  const codes = (await api.call('GET', '/config-codes')).body.configCodes;
  const code = codes.find(({ uses }: { uses: number }) => uses === 2);
  assert.equal(
    code.configuration.halls,
    ['Rabozaal', 'Kleine zaal'],
    'whoever comes by this code later',
  );
  assert.is(late.enrolment.configuration.version, 1);
  await client.end();
});

/** A list for alerts is looked at as soon as it is there; without a mail server mails stay here. */
async function isMailed(api: Api, name: string): Promise<void> {
  const { body: none } = await api.call('GET', '/alerts/mail');
  assert.equal([none.to, none.quietMinutes], [[], 60]);
  const kade = { address: 'lead@kade.example', language: 'en' };
  for (const wrong of [
    { to: [{ ...kade, address: 'nobody' }] },
    { to: [kade, { ...kade, address: 'Lead@kade.example' }] },
    { to: Array.from({ length: 11 }, (_, n) => ({ ...kade, address: `${n}@kade.example` })) },
    ...[{ kinds: [] }, { kinds: ['nonsense'] }, { waitMinutes: 0 }, { quietMinutes: 4 }],
  ]) {
    const answer = await api.call('PUT', '/alerts/mail', { ...none, ...wrong });
    assert.equal([answer.status, answer.body.code], [400, 'request-invalid']);
  }
  const set = await api.call('PUT', '/alerts/mail', { ...none, to: [kade] });
  assert.equal(set.body.to, [kade]);
  const { audit } = (await api.call('GET', '/staff/audit?limit=1')).body;
  assert.equal([audit[0].what, audit[0].details], ['alert-mail-changed', { to: [[], [kade]] }]);
  const { body: reader } = await api.call('POST', '/tokens', { name: 'wall', role: 'reader' });
  const read = await fetch(`${api.base}/api/v1/alerts/mail`, {
    headers: { authorization: `Bearer ${reader.token}` },
  });
  assert.is(read.status, 403, 'addresses are not for everybody');
  const mails = async () => (await api.call('GET', '/mail/outbox')).body.mails;
  await until('it is mailed', async () => (await mails()).length === 1);
  const { body } = await api.call('GET', `/mail/outbox/${(await mails())[0].id}`);
  assert.is(body.mail.subject.startsWith(`${name}: Two machines run`), true);
  assert.match(body.mail.text, `${api.base}/admin/#/fleet`);
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !(await holds()); ) {
    assert.ok(Date.now() < end, `never: ${what}`);
    await new Promise((again) => setTimeout(again, 50));
  }
}

test.run();
