import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { enrol } from '../test/api.ts';
import type { GatewayClient } from '../test/gateway-client.ts';
import { startCloud, type WholeCloud } from '../test/whole-cloud.ts';
import { isWeakPin } from './pins.ts';

let whole: WholeCloud;
let client: GatewayClient;
let gateway = '';
const venue = '/door-staff/theatre';
const stamp = () => ({
  ...{ wall: Date.now(), mono: 1, boot: 'boot-1', offset: 0, uncertainty: 5 },
  quality: 'trusted' as const,
});
let beats = 0;

async function beat(more: object = {}) {
  beats += 1;
  client.send('heartbeat', {
    ...{ beat: beats, mono: beats, at: stamp(), software: 'test', cursor: null, lanes: [] },
    ...{ queue: { rows: 0, settles: 0 }, ...more },
  });
  return client.next('heartbeat');
}
async function listed(version: number | null = null) {
  client.send('staff', { version });
  return client.next('staff');
}
const csv = (body: string, trial = false) =>
  whole.api.call('POST', `${venue}/import?trial=${trial}`, body, { 'content-type': 'text/csv' });

test.before(async () => {
  whole = await startCloud();
  const gate = await enrol(whole.api, join(whole.dir, 'gate'));
  gateway = gate.gateway;
  client = await gate.connect(whole.cloud.ports().mqtt);
});
test.after(async () => {
  await client.end();
  await whole.stop();
});

test('a person put on the list reaches the venue’s gateway, with a hash that it can check', async () => {
  assert.is((await beat()).staff, undefined);
  const noor = { name: 'Noor', code: '21', role: 'lead' };
  const { status, body } = await whole.api.call('POST', `${venue}/people`, noor);
  assert.is(status, 201);
  assert.match(body.pin, /^\d{6}$/);
  const { staff: version } = await beat();
  const list = await listed();
  assert.is(list.version, version);
  assert.is(list.venue, 'theatre');
  assert.match(list.staff[0]?.pin ?? '', /^\$scrypt\$ln=15,r=8,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.equal({ ...list.staff[0], pin: '' }, { ...noor, staff: body.person.id, pin: '' });
  const { body: shown } = await whole.api.call('GET', venue);
  assert.equal(shown.staff, [{ ...noor, id: body.person.id, hasPin: true }]);
});

test('codes are told apart without case; weak PINs are refused', async () => {
  const add = (code: string, pin?: string) =>
    whole.api.call('POST', `${venue}/people`, { name: 'Bas', code, role: 'steward', pin });
  assert.is((await add('B1', '724913')).status, 201);
  assert.is((await add('b1', '724913')).body.code, 'door-code-taken');
  for (const pin of ['12345', '123456', '987654', '777777', '72491x', '7249130000000']) {
    assert.ok(isWeakPin(pin), pin);
  }
  assert.is((await add('b2', '123456')).body.code, 'door-pin-weak');
  const readers = await whole.api.call('POST', '/tokens', { name: 'eyes', role: 'reader' });
  const headers = { authorization: `Bearer ${readers.body.token}` };
  assert.is((await whole.api.call('GET', venue, undefined, headers)).body.code, 'role-missing');
});

test('a file is taken whole or not at all; a trial names bad rows and changes nothing', async () => {
  const bad = 'name,code,role,pin\nIda,31,steward,111111\n,32,boss,\nJo,B1,lead,\nBo,b1,lead,';
  const { status, body } = await csv(bad, true);
  assert.is(status, 422);
  assert.is(body.code, 'door-import-faulty');
  assert.equal(
    body.details.faults.map(({ row, column }: { row: number; column: string }) => [row, column]),
    [
      [2, 'pin'],
      [3, 'name'],
      [3, 'role'],
      [5, 'code'],
    ],
  );
  assert.not.match(JSON.stringify(body), '111111');
  const good = 'name;code;role;pin\nIda;31;steward;590312\nBasje;B1;technician;\nKim;33;lead;';
  const trial = await csv(good, true);
  assert.equal(trial.body, { added: 2, changed: 1, pins: [] });
  assert.is((await whole.api.call('GET', venue)).body.staff.length, 2);
  const before = await listed();
  const { body: done } = await csv(good);
  assert.equal([done.added, done.changed], [2, 1]);
  assert.equal(
    done.pins.map(({ code }: { code: string }) => code),
    ['33'],
  );
  const after = await listed();
  const pinOf = (list: typeof after, code: string) =>
    list.staff.find((one) => one.code === code)?.pin;
  assert.is(pinOf(after, 'B1'), pinOf(before, 'B1'), 'who is on the list keeps their PIN');
  assert.is(after.staff.find(({ code }) => code === 'B1')?.role, 'technician');
  assert.ok(after.version > before.version);
  assert.is((await csv('"')).body.code, 'door-import-faulty');
  assert.is((await csv('name,code,role')).body.code, 'door-import-faulty');
});

test('a person is changed, given a new PIN and removed; the log says so without PINs', async () => {
  const kim = (await whole.api.call('GET', venue)).body.staff.find(
    ({ name }: { name: string }) => name === 'Kim',
  );
  const path = `${venue}/people/${kim.id}`;
  assert.is((await whole.api.call('PATCH', path, { code: '31' })).body.code, 'door-code-taken');
  assert.is((await whole.api.call('PATCH', path, { role: 'steward' })).body.role, 'steward');
  const { body: made } = await whole.api.call('POST', `${path}/pin`, {});
  assert.is((await whole.api.call('DELETE', path)).status, 204);
  assert.is((await whole.api.call('DELETE', path)).body.code, 'door-person-unknown');
  const { staff } = await listed();
  assert.not.ok(staff.some(({ name }) => name === 'Kim'));
  const { body } = await whole.api.call('GET', `/staff/audit?subject=${kim.id}`);
  assert.equal(
    body.audit.map(({ what }: { what: string }) => what),
    ['door-person-removed', 'door-pin-reset', 'door-person-changed'],
  );
  assert.not.match(JSON.stringify([body, whole.log.lines]), made.pin);
});

test('a handheld that a beat names is unpaired, and its gateway is told', async () => {
  const handhelds = [{ handheld: 'hand-1', name: 'North', confirmed: true }];
  await beat({ health: { configuration: 1, handhelds } });
  const { body } = await whole.api.call('GET', venue);
  assert.equal(body.handhelds, [
    { gateway, gatewayName: 'Main door', ...handhelds[0], seen: null },
  ]);
  assert.is((await whole.api.call('POST', `${venue}/handhelds/hand-1/unpair`)).status, 204);
  assert.equal((await listed()).unpaired, ['hand-1']);
  assert.equal((await whole.api.call('GET', venue)).body.handhelds, []);
});

test('a lead finds tickets of today by name or order number; the log names nobody', async () => {
  client.send('search', { requestId: crypto.randomUUID(), words: 'nobody', limit: 5 });
  const answer = await client.next('search');
  assert.equal(answer.found, []);
  assert.not.match(JSON.stringify(whole.log.lines), 'nobody');
});

test('a gateway whose key nobody has compared hears of no people and finds no tickets', async () => {
  const place = { waiveMinutes: undefined };
  const gate = await enrol(whole.api, join(whole.dir, 'stranger'), place);
  const stranger = await gate.connect(whole.cloud.ports().mqtt);
  stranger.send('staff', { version: null });
  assert.is((await stranger.next('rejected')).code, 'gateway-not-accepted');
  stranger.send('search', { requestId: crypto.randomUUID(), words: 'jansen', limit: 5 });
  assert.is((await stranger.next('rejected')).code, 'gateway-not-accepted');
  await stranger.end();
});

test('another venue’s gateway gets its own list only', async () => {
  const gate = await enrol(whole.api, join(whole.dir, 'other'), { venue: 'elsewhere' });
  const other = await gate.connect(whole.cloud.ports().mqtt);
  await whole.api.call('POST', '/door-staff/elsewhere/people', {
    ...{ name: 'Ada', code: '21', role: 'lead' },
  });
  other.send('staff', { version: null });
  const { venue: its, staff } = await other.next('staff');
  assert.equal([its, staff.map(({ name }) => name)], ['elsewhere', ['Ada']]);
  assert.equal((await whole.api.call('GET', '/door-staff')).body.venues, ['elsewhere', 'theatre']);
  await other.end();
});

test('a stolen gateway makes every PIN of its venue void', async () => {
  const gate = await enrol(whole.api, join(whole.dir, 'stolen'));
  const thief = await gate.connect(whole.cloud.ports().mqtt);
  const path = `/gateways/${gate.gateway}/revoke`;
  assert.is((await whole.api.call('POST', path, { reason: 'stolen' })).status, 204);
  await thief.closed();
  assert.equal((await listed()).staff, []);
  const { staff } = (await whole.api.call('GET', venue)).body;
  assert.ok(staff.length > 0 && staff.every(({ hasPin }: { hasPin: boolean }) => !hasPin));
  const { body } = await whole.api.call('GET', '/door-staff/elsewhere');
  assert.is(body.staff[0].hasPin, true);
});

test.run();
