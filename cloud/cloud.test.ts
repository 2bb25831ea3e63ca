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
