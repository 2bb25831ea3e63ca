import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCloud } from './cloud.ts';
import { enrol, perform } from './test/api.ts';
import { keptLog, movableClock } from './test/house.ts';
import { ending, question } from './test/phone.ts';
import { startCloud, type WholeCloud } from './test/whole-cloud.ts';

let whole: WholeCloud;
test.before(async () => {
  whole = await startCloud();
});
test.after(() => whole.stop());

test('the first administrator’s token is in a file that only its owner reads', async () => {
  const { mode } = await stat(join(whole.dir, 'data', 'admin-token'));
  assert.is(mode & 0o777, 0o600);
});

test('a second cloud on the same data folder does not start, and harms nothing', async () => {
  const second = createCloud({
    dataDir: join(whole.dir, 'data'),
    host: '127.0.0.1',
    httpPort: 0,
    enrolPort: 0,
    mqttPort: 0,
    clock: movableClock(),
    random: randomBytes,
    log: keptLog(),
  });
  const code = await second.start().then(
    () => 'started',
    (fault) => fault.code,
  );
  assert.is(code, 'data-folder-in-use');
  assert.is((await whole.api.call('GET', '/conflicts')).status, 200);
});

test('a gateway is enrolled, asks the cloud, is seen online, and is shut out when revoked', async () => {
  const { api } = whole;
  const gate = await enrol(api, join(whole.dir, 'gate'));
  const client = await gate.connect(whole.cloud.ports().mqtt);
  const performance = await perform(api);
  const { body: ticket } = await api.call('POST', `/performances/${performance}/tickets`, {
    code: 'GUEST-1',
    row: 'A',
    seat: '3',
  });
  const clock = movableClock();
  const asked = question(clock, 'GUEST-1');
  client.send('validate', asked);
  const answer = await client.next('validate');
  assert.is(answer.verdict.key, 'ok');
  assert.equal(answer.label, { title: 'The Seagull', row: 'A', seat: '3' });
  client.send('settle', ending(clock, asked.scanId, 'passed'));
  await client.next('settle');

  const { body: scans } = await api.call('GET', `/scans?performance=${performance}`);
  assert.is(scans.scans[0].ticket, ticket.id);
  assert.is(scans.scans[0].result, 'passed');
  const { body: admissions } = await api.call('GET', `/admissions?performance=${performance}`);
  assert.equal(
    admissions.admissions.map(({ lane, entries, exits }: Record<string, unknown>) => [
      lane,
      entries,
      exits,
    ]),
    [['lane-1', 1, 0]],
  );
  const { body: detail } = await api.call('GET', `/performances/${performance}`);
  assert.equal([detail.tickets, detail.used, detail.inside], [1, 1, 1]);
  const { body: online } = await api.call('GET', '/gateways');
  const seen = online.gateways.find(({ id }: { id: string }) => id === gate.gateway);
  assert.is(seen.online, true);
  assert.is(seen.name, 'Main door');

  await api.call('POST', `/gateways/${gate.gateway}/revoke`);
  await client.closed();
  const { body: after } = await api.call('GET', '/gateways');
  assert.is(after.gateways[0].online, false);
  assert.is(after.gateways[0].revoked, true);
});

test('the place of a lane comes from the gateway’s configuration', async () => {
  const { api } = whole;
  const gate = await enrol(api, join(whole.dir, 'place'));
  const client = await gate.connect(whole.cloud.ports().mqtt);
  const performance = await perform(api);
  for (const [code, entrances] of [
    ['HERE-1', ['main']],
    ['THERE-1', ['garden']],
  ] as const) {
    await api.call('POST', `/performances/${performance}/tickets`, { code, entrances });
  }
  const clock = movableClock();
  client.send('validate', question(clock, 'HERE-1'));
  assert.is((await client.next('validate')).verdict.key, 'ok');
  client.send('validate', question(clock, 'THERE-1'));
  const { verdict } = await client.next('validate');
  assert.is(verdict.key, 'wrong-entrance');
  assert.is(verdict.details.entrance, 'garden');
  await client.end();
});

const SECRETS = [
  ...['test_abcdefghijklmnopqrstuvwxyz', 'sms-token-of-cm', 'mail-pass-word', 'sms-api-secret'],
];
const seat = { rank: 'a', row: 'A', number: '1', line: 0, place: 0 };
const HALL = { name: 'Logged', ranks: [{ id: 'a', name: 'Stalls' }], seats: [seat] };
const MAIL = {
  server: {
    ...{ host: 'mail.example.org', port: 587, tls: 'starttls', user: 'box' },
    ...{ from: { name: 'De Kade', address: 'kade@example.org' }, replyTo: null },
    caCertificate: null,
  },
  password: SECRETS[2],
  theater: { naam: 'De Kade', adres: '', telefoon: '', email: '', website: '' },
};

test('S13: who changed what of sale, settings and texts is in the log, and no secret is', async () => {
  const { api } = whole;
  const show = await perform(api, { starts: Date.now() + 86_400_000, capacity: 10 });
  const at = `/performances/${show}`;
  const type = (cents: number) => [{ name: 'Adult', kind: 'normal', prices: [{ cents }] }];
  const said: unknown[] = [];
  const change = async (what: string, method: string, path: string, body?: unknown) => {
    const answer = await api.call(method, path, body);
    assert.ok(answer.status < 300, `${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
    const { audit } = (await api.call('GET', '/staff/audit?limit=1')).body;
    assert.equal([audit[0].what, audit[0].whoName], [what, 'first administrator']);
    said.push(audit[0]);
    return { body: answer.body, line: audit[0] };
  };
  const hall = (await change('hall-added', 'POST', '/halls', HALL)).body.id;
  await change('hall-changed', 'PATCH', `/halls/${hall}`, { name: 'Renamed' });
  await change('hall-removed', 'DELETE', `/halls/${hall}`);
  const offline = await change('performance-changed', 'PATCH', at, { offline: 'staff' });
  assert.equal(
    [offline.line.subject, offline.line.details],
    [show, { offline: ['refuse', 'staff'] }],
  );
  const { production } = (await api.call('GET', at)).body;
  const title = { title: 'The Gull' };
  const named = await change('production-changed', 'PATCH', `/productions/${production}`, title);
  assert.equal(named.line.details, { title: ['The Seagull', 'The Gull'] });
  assert.is((await api.call('GET', at)).body.title, 'The Gull');
  const { body: ticket } = await change('ticket-made', 'POST', `${at}/tickets`, { row: 'A' });
  const blocked = { status: 'blocked' };
  const stopped = await change('ticket-changed', 'PATCH', `/tickets/${ticket.id}`, blocked);
  assert.equal(stopped.line.details, { status: ['valid', 'blocked'] });
  const csv = { 'content-type': 'text/csv' };
  await api.call('POST', `${at}/tickets/import`, 'code\nIMPORTED-CODE-1\n', csv);
  const { audit: newest } = (await api.call('GET', '/staff/audit?limit=1')).body;
  assert.equal([newest[0].what, newest[0].details], ['tickets-imported', { count: 1 }]);
  await change('ticket-types-changed', 'PUT', `${at}/ticket-types`, { types: type(2_500) });
  const dearer = { types: type(3_000) };
  const price = await change('ticket-types-changed', 'PUT', `${at}/ticket-types`, dearer);
  assert.equal(price.line.details, { Adult: ['normal, 2500', 'normal, 3000'] });
  const most = await change('sale-changed', 'PATCH', `${at}/sale`, { basketMax: 4 });
  assert.equal(most.line.details, { basketMax: [10, 4] });
  const surcharges = { surcharges: [{ name: 'Fee', per: 'order', cents: 100 }] };
  await change('surcharges-changed', 'PUT', `${at}/surcharges`, surcharges);
  await change('surcharges-changed', 'PUT', '/surcharges', surcharges);
  const extras = { extras: [{ name: 'Booklet', cents: 400 }] };
  await change('extras-changed', 'PUT', `${at}/extras`, extras);
  const blocks = { count: 1, kind: 'good', reason: 'camera' };
  await change('places-blocked', 'POST', `${at}/blocks`, blocks);
  const block = (await api.call('GET', `${at}/blocks`)).body.blocks[0].id;
  await change('places-released', 'DELETE', `${at}/blocks/${block}`);
  await change('performance-added', 'POST', `${at}/duplicate`, { starts: Date.now() + 1e9 });
  const series = { name: 'Season', performance: show };
  const { body: made } = await change('series-added', 'POST', '/series', series);
  await change('series-changed', 'PATCH', `/series/${made.id}`, { name: 'Spring' });
  await change('series-ended', 'DELETE', `/series/${made.id}`);
  const kiosk = (await change('kiosk-added', 'POST', '/channels', { name: 'Foyer' })).body;
  await change('kiosk-withdrawn', 'DELETE', `/channels/${kiosk.id}`);
  const key = { mollieKey: SECRETS[0] };
  const mollie = await change('payment-settings-changed', 'PUT', '/payments/settings', key);
  assert.equal(mollie.line.details, { mollieKey: [null, 'test_…wxyz'] });
  const sms = { provider: 'cm', sender: 'Kade', cm: { productToken: SECRETS[1] } };
  const provider = await change('sms-settings-changed', 'PATCH', '/sms/settings', sms);
  assert.equal(provider.line.details.provider, ['outbox', 'cm']);
  assert.equal(provider.line.details.secretsGiven, ['cm.productToken']);
  const limits = await change('sms-limits-changed', 'PUT', '/sms/limits', { perNumber: 5 });
  assert.is(limits.line.details.perNumber[1], 5);
  const mail = await change('mail-settings-changed', 'PUT', '/mail/settings', MAIL);
  assert.equal(mail.line.details.password, [null, 'changed']);
  const template = '/templates/order-confirmation/nl';
  const parts = { subject: 'Eigen', html: '<p>{{ gast.naam }}</p>' };
  await change('template-changed', 'PUT', template, parts);
  await change('template-restored', 'DELETE', template);
  const text = { html: '<p>Own</p>' };
  await change('explanation-changed', 'PUT', '/mail/texts/payment-secure/nl', text);
  const screen = { name: 'screen', role: 'reader' };
  const token = (await change('token-made', 'POST', '/tokens', screen)).body;
  await change('token-withdrawn', 'DELETE', `/tokens/${token.id}`);
  const all = JSON.stringify(said);
  for (const secret of [...SECRETS, kiosk.token, token.token, ticket.code]) {
    assert.not(all.includes(secret as string), `${secret} in the log`);
  }
});

test('scans are streamed live with the token in a header', async () => {
  const { api } = whole;
  const gate = await enrol(api, join(whole.dir, 'stream'));
  const client = await gate.connect(whole.cloud.ports().mqtt);
  const stopping = new AbortController();
  const response = await fetch(`${api.base}/api/v1/scans/stream?gateway=${gate.gateway}`, {
    headers: { authorization: `Bearer ${api.token}` },
    signal: stopping.signal,
  });
  assert.is(response.headers.get('content-type'), 'text/event-stream');
  const asked = question(movableClock(), 'NOBODY-1');
  client.send('validate', asked);
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes('event: scan')) break;
  }
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? '';
  assert.is(JSON.parse(data).scanId, asked.scanId);
  assert.is(JSON.parse(data).verdict, 'unknown');
  stopping.abort();
  await client.end();
});

test.run();
