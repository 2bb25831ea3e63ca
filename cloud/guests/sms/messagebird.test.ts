import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type FakeMessagebird,
  fakeMessagebird,
  MESSAGEBIRD,
  messagebirdFails,
  messagebirdJwt,
  messagebirdTakes,
} from './test/fake-messagebird.ts';
import { login, type SmsHouse, startSms } from './test/sms-house.ts';

const HOST = 'https://tickets.example';
let house: SmsHouse;
let bird: FakeMessagebird;
test.before.each(async () => {
  house = await startSms();
  bird = await fakeMessagebird();
  await house.sms.bringMessagebird({ baseUrl: bird.url, ...MESSAGEBIRD });
  await house.sms.change({ provider: 'messagebird', sender: 'Theater', publicUrl: HOST });
});
test.after.each(async () => {
  await bird.stop();
  await house.stop();
});

const state = () => house.sms.messages()[0]?.state;
const path = () => house.sms.settings().reportPath as string;

test('a message goes out as the classic interface documents it', async () => {
  const result = await house.sms.send(login());
  const [reference] = bird.sent;
  const providerId = `m-${reference}`;
  assert.equal(result, { accepted: true, retryable: false, parts: 1, providerId });
  const [request] = bird.got;
  assert.is(request?.path, '/messages');
  assert.is(request?.headers.authorization, `AccessKey ${MESSAGEBIRD.accessKey}`);
  assert.equal(JSON.parse(request?.body ?? ''), {
    originator: 'Theater',
    body: 'Your code is 482913',
    recipients: ['31612345678'],
    reference,
    validity: 600,
    datacoding: 'plain',
    reportUrl: HOST + path(),
  });
});

// Code, parameter, failure.
const CODES: readonly [number, string | null, string][] = [
  [2, null, 'auth'],
  [9, 'body', 'invalid-content'],
  [9, 'validity', 'config'],
  [10, 'recipients', 'invalid-number'],
  [10, 'originator', 'invalid-sender'],
  [20, null, 'config'],
  [21, null, 'config'],
  [25, null, 'balance'],
  [98, null, 'config'],
  [99, null, 'provider-down'],
  [12345, null, 'unknown'],
];
for (const [code, parameter, failure] of CODES) {
  test(`error ${code} ${parameter ?? ''} is ${failure} and not repeated`, async () => {
    bird.next(messagebirdFails(code, parameter));
    const result = await house.sms.send(login());
    assert.equal(result, { accepted: false, failure, retryable: false, rawCode: String(code) });
    assert.equal([bird.got.length, bird.sent.length], [1, 0]);
  });
}

test('a message object that says it failed is not sent', async () => {
  for (const status of ['expired', 'delivery_failed']) {
    bird.next(messagebirdTakes('x', status));
    assert.is((await house.sms.send(login())).accepted, false);
  }
  for (const status of ['scheduled', 'sent', 'buffered', 'delivered']) {
    bird.next(messagebirdTakes('x', status));
    assert.is((await house.sms.send(login())).accepted, true);
  }
});

for (const way of ['silent', 'cut'] as const) {
  test(`a classic request that was taken and not answered (${way}) is not repeated`, async () => {
    bird.next(way);
    const result = await house.sms.send(login());
    assert.equal([result.accepted, result.retryable, bird.got.length], [false, false, 1]);
    assert.is(state(), 'unclear');
  });
}

test('the later interface gets a repeat under the same key, and sends one SMS', async () => {
  await house.sms.change({ messagebird: { scheme: 'Bearer', path: '/v1/sms' } });
  bird.next('silent');
  assert.is((await house.sms.send(login())).accepted, true);
  const keys = bird.got.map(({ headers }) => headers['idempotency-key']);
  assert.equal([keys.length, new Set(keys).size, bird.sent.length], [2, 1, 1]);
  assert.ok(bird.got[0]?.headers['user-agent']);
  assert.is(bird.got[0]?.path, '/v1/sms');
});

const reportPath = (status: string, reference: string) =>
  `${path()}?id=m-1&reference=${reference}&recipient=31612345678&status=${status}&statusErrorCode=0`;
const get = async (url: string, jwt?: string) => {
  const headers = jwt === undefined ? {} : { 'messagebird-signature-jwt': jwt };
  return (await house.server.inject({ method: 'GET', url, headers })).statusCode;
};

const WORDS = [
  ['scheduled', 'accepted'],
  ['sent', 'accepted'],
  ['buffered', 'accepted'],
  ['delivered', 'delivered'],
  ['expired', 'expired'],
  ['delivery_failed', 'failed'],
] as const;
for (const [word, expected] of WORDS) {
  test(`a signed report of “${word}” is ${expected}`, async () => {
    await house.sms.send(login());
    const url = reportPath(word, bird.sent[0] as string);
    const jwt = messagebirdJwt(HOST + url, '', house.clock.now() / 1000);
    assert.is(await get(url, jwt), 204);
    assert.is(await get(url, jwt), 204, 'doubled');
    assert.is(state(), expected);
  });
}

test('a signed report that comes before the answer is kept; one for nobody changes nothing', async () => {
  bird.next('silent');
  const sending = house.sms.send(login());
  while (bird.got.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const { reference } = JSON.parse(bird.got[0]?.body ?? '');
  for (const about of [reference, 'gh-nobody']) {
    const url = reportPath('delivered', about);
    const jwt = messagebirdJwt(HOST + url, '', house.clock.now() / 1000);
    assert.is(await get(url, jwt), 204, about);
  }
  await sending;
  assert.is(state(), 'delivered');
  assert.is(house.sms.messages().length, 1);
});

test('reports that MessageBird did not sign for this address and moment are refused', async () => {
  await house.sms.send(login());
  const url = reportPath('delivered', bird.sent[0] as string);
  const now = house.clock.now() / 1000;
  const whole = HOST + url;
  const forged: Record<string, string | undefined> = {
    'without a signature': undefined,
    'no token': 'x.y',
    'another key': messagebirdJwt(whole, '', now, { key: 'guessed' }),
    'another address': messagebirdJwt(whole.replace('delivered', 'expired'), '', now),
    expired: messagebirdJwt(whole, '', now - 600),
    'not yet': messagebirdJwt(whole, '', now + 600),
    'another issuer': messagebirdJwt(whole, '', now, { claims: { iss: 'Somebody' } }),
    'no algorithm': messagebirdJwt(whole, '', now, { header: { alg: 'none' } }),
    'a body that is not there': messagebirdJwt(whole, 'x', now),
  };
  for (const [how, jwt] of Object.entries(forged)) assert.is(await get(url, jwt), 403, how);
  assert.is(state(), 'accepted');
  assert.ok(house.log.codes().includes('sms-report-forged'));
  assert.is(await get(url, messagebirdJwt(whole, '', now)), 204);
  assert.is(state(), 'delivered');
});

test('a posted report is checked with its body', async () => {
  await house.sms.send(login());
  const body = JSON.stringify({ reference: bird.sent[0], status: 'delivered' });
  const post = async (sent: string, signed: string) => {
    const jwt = messagebirdJwt(HOST + path(), signed, house.clock.now() / 1000);
    const headers = { 'content-type': 'application/json', 'messagebird-signature-jwt': jwt };
    const request = { method: 'POST' as const, url: path(), headers, body: sent };
    return (await house.server.inject(request)).statusCode;
  };
  assert.is(await post(body.replace('delivered', 'expired'), body), 403);
  assert.is(await post(body, ''), 403);
  assert.is(await post(body, body), 204);
  assert.is(state(), 'delivered');
});

test('without a signing key no report is asked for and none is taken', async () => {
  await house.sms.change({ messagebird: { signingKey: '' } });
  await house.sms.send(login());
  assert.is(JSON.parse(bird.got[0]?.body ?? '').reportUrl, undefined);
  const url = reportPath('delivered', bird.sent[0] as string);
  const jwt = messagebirdJwt(HOST + url, '', house.clock.now() / 1000, { key: '' });
  assert.is(await get(url, jwt), 403);
});

test('G4 the end of the classic interface is told before and after', async () => {
  assert.ok(house.sms.settings().warnings.includes('classic-interface-ends'));
  house.clock.move(60 * 86_400_000);
  assert.ok(house.sms.settings().warnings.includes('classic-interface-ended'));
  await house.sms.change({ messagebird: { scheme: 'Bearer' } });
  assert.not(house.sms.settings().warnings.join().includes('classic'));
});

test.run();
