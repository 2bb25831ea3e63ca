import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CM_TOKEN, cmFails, type FakeCm, fakeCm } from './test/fake-cm.ts';
import { login, type SmsHouse, startSms } from './test/sms-house.ts';

let house: SmsHouse;
let cm: FakeCm;
test.before.each(async () => {
  house = await startSms();
  cm = await fakeCm();
});
test.after.each(async () => {
  await cm.stop();
  await house.stop();
});

const toCm = () =>
  house.call('PATCH', '/sms/settings', {
    provider: 'cm',
    sender: 'Theater',
    cm: { baseUrl: cm.url, productToken: CM_TOKEN },
  });
const change = async (body: object) => {
  const answer = await house.call('PATCH', '/sms/settings', body);
  return [answer.status, answer.body.code, answer.body.details?.field];
};

test('G4 secrets go in and never come back, by any route or error', async () => {
  await toCm();
  await change({ vonage: { apiKey: 'k', apiSecret: 'top-secret-1', signatureSecret: 'top-2' } });
  const read = await house.call('GET', '/sms/settings');
  assert.equal(read.body.secretsSet, [
    'cm.productToken',
    'vonage.apiSecret',
    'vonage.signatureSecret',
  ]);
  const texts = [read];
  for (const path of ['status', 'messages', 'outbox', 'alarms']) {
    texts.push(await house.call('GET', `/sms/${path}`));
  }
  texts.push(await house.call('POST', '/sms/test', { to: '0612345678' }));
  texts.push(await house.call('PATCH', '/sms/settings', { cm: { productToken: 'with space' } }));
  assert.not.match(JSON.stringify(texts), new RegExp(`${CM_TOKEN}|top-secret-1|top-2|with space`));
});

test('secrets that are left out stay, empty ones go', async () => {
  await toCm();
  await change({ sender: 'Schouwburg' });
  await house.restart();
  assert.is((await house.sms.send(login())).accepted, true);
  assert.equal(await change({ cm: { productToken: '' } }), [
    422,
    'sms-settings-incomplete',
    'cm.productToken',
  ]);
  await change({ enabled: false, cm: { productToken: '' } });
  assert.equal(house.sms.settings().secretsSet, []);
});

test('a provider’s address changes only with its secrets typed again', async () => {
  await toCm();
  const elsewhere = { cm: { baseUrl: 'https://collect.example' } };
  assert.equal(await change(elsewhere), [422, 'sms-secret-again', 'cm.productToken']);
  const [status] = await change({ cm: { ...elsewhere.cm, productToken: 'new' } });
  assert.is(status, 200);
});

for (const baseUrl of [
  'http://sms.example',
  'https://user:pass@sms.example',
  'https://sms.example/path',
  'ftp://sms.example',
  'nonsense',
]) {
  test(`the address ${baseUrl} is refused`, async () => {
    const cmChange = { cm: { baseUrl, productToken: 'x' } };
    assert.equal(await change(cmChange), [422, 'sms-address-refused', 'cm.baseUrl']);
  });
}

test('SMS cannot be switched on incomplete, nor with a bad sender', async () => {
  const incomplete = 'sms-settings-incomplete';
  assert.equal(await change({ provider: 'cm' }), [422, incomplete, 'sender']);
  const vonage = { provider: 'vonage', sender: 'Theater' };
  assert.equal(await change(vonage), [422, incomplete, 'vonage.apiKey']);
  const key = { ...vonage, vonage: { apiKey: 'k' } };
  assert.equal(await change(key), [422, incomplete, 'vonage.apiSecret']);
  const signed = { ...vonage, vonage: { apiKey: 'k', mode: 'signed' } };
  assert.equal(await change(signed), [422, incomplete, 'vonage.signatureSecret']);
  const answer = await house.call('PATCH', '/sms/settings', { sender: 'INFO' });
  assert.equal(
    [answer.body.code, answer.body.details.fault],
    ['sms-sender-refused', 'sender-generic'],
  );
  assert.is(house.sms.settings().provider, 'outbox', 'nothing of it was kept');
});

test('G4 MessageBird is offered only where it was configured before', async () => {
  assert.equal(house.sms.settings().offered, ['outbox', 'cm', 'vonage']);
  const messagebird = { accessKey: 'live_x' };
  for (const body of [{ messagebird }, { provider: 'messagebird', sender: 'Theater' }]) {
    assert.equal((await change(body)).slice(0, 2), [409, 'sms-messagebird-ended']);
  }
  const bring = (body: object) =>
    house.call('POST', '/sms/settings/earlier', { messagebird: body });
  assert.is(
    (await bring({ accessKey: '' })).status,
    400,
    'without its key it was never configured',
  );
  const brought = await bring(messagebird);
  assert.is(brought.status, 200);
  assert.not.match(JSON.stringify(brought.body), 'live_x');
  assert.ok(house.sms.settings().offered.includes('messagebird'));
  const [status] = await change({ provider: 'messagebird', sender: 'Theater' });
  assert.is(status, 200);
});

test('G4 a test SMS shows the provider’s own answer, good or bad', async () => {
  await toCm();
  const good = await house.call('POST', '/sms/test', { to: '06 12345678' });
  assert.is(good.body.result.accepted, true);
  assert.is(JSON.parse(good.body.answer.body).details, 'Created 1 message(s)');
  assert.is(good.body.measure.parts, 1);
  cm.next(cmFails(102));
  const bad = await house.call('POST', '/sms/test', { to: '+31612345678' });
  assert.equal([bad.body.result.failure, bad.body.answer.status], ['balance', 400]);
  await cm.stop();
  const gone = await house.call('POST', '/sms/test', { to: '0612345678' });
  assert.equal([gone.body.answer.status, gone.body.answer.body], [0, 'ECONNREFUSED']);
  cm = await fakeCm();
  const number = await house.call('POST', '/sms/test', { to: '+44 7911 123456' });
  assert.equal([number.status, number.body.code], [422, 'phone-country']);
});

test('P10 SMS counts as ready after a test with just these settings', async () => {
  await toCm();
  assert.is(house.sms.status().ready, false);
  cm.next(cmFails(103));
  await house.call('POST', '/sms/test', { to: '0612345678' });
  assert.is(house.sms.status().ready, false, 'a refused test says nothing');
  await house.call('POST', '/sms/test', { to: '0612345678' });
  assert.is(house.sms.status().ready, true);
  await change({ publicUrl: 'https://tickets.example' });
  assert.is(house.sms.status().ready, true, 'where reports go does not matter');
  await house.restart();
  assert.is(house.sms.status().ready, true);
  await change({ sender: 'Schouwburg' });
  assert.is(house.sms.status().ready, false);
});

test('only administrators see or change anything but the status', async () => {
  for (const path of ['settings', 'messages', 'outbox', 'alarms']) {
    const answer = await house.call('GET', `/sms/${path}`, undefined, 'reader');
    assert.equal([answer.status, answer.body.code], [403, 'token-role'], path);
  }
  const test = await house.call('POST', '/sms/test', { to: '0612345678' }, 'reader');
  assert.is(test.status, 403);
  const status = await house.call('GET', '/sms/status', undefined, 'reader');
  assert.equal([status.status, status.body.nothingIsSent], [200, true]);
  const nobody = await house.server.inject({ url: '/api/v1/sms/outbox' });
  assert.is(nobody.statusCode, 401);
});

test('the outbox and a text’s measure are read through the API', async () => {
  await house.sms.send(login());
  const { body } = await house.call('GET', '/sms/outbox');
  assert.is(body.messages[0].text, 'Your code is 482913');
  const measure = await house.call('POST', '/sms/measure', { text: 'Zoë' });
  assert.equal(measure.body, { encoding: 'ucs2', units: 3, parts: 1, foreign: ['ë'] });
});

test('unknown fields and other providers’ words are refused', async () => {
  assert.is((await change({ providre: 'cm' }))[0], 400);
  assert.is((await change({ provider: 'twilio' }))[0], 400);
  assert.is((await change({ messagebird: { path: '//evil/../x?' } }))[0], 400);
});

test('the path of reports is long, each provider’s own, and stays', async () => {
  await toCm();
  const { reportPath } = house.sms.settings();
  assert.match(reportPath ?? '', /^\/sms\/reports\/[\w-]{43}$/);
  await change({ provider: 'vonage', vonage: { apiKey: 'k', apiSecret: 's' } });
  assert.is.not(house.sms.settings().reportPath, reportPath);
  await toCm();
  assert.is(house.sms.settings().reportPath, reportPath);
});

test.run();
