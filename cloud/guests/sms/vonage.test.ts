import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type FakeVonage,
  fakeVonage,
  VONAGE,
  vonageFails,
  vonageSignature,
} from './test/fake-vonage.ts';
import { login, PHONE, type SmsHouse, startSms } from './test/sms-house.ts';
import { SIGNATURE_METHODS, signVonage } from './vonage-signature.ts';

let house: SmsHouse;
let vonage: FakeVonage;
const { apiKey, apiSecret, signatureSecret } = VONAGE;
test.before.each(async () => {
  house = await startSms();
  vonage = await fakeVonage();
  await house.sms.change({
    provider: 'vonage',
    sender: 'Theater',
    vonage: { baseUrl: vonage.url, apiKey, apiSecret },
  });
});
test.after.each(async () => {
  await vonage.stop();
  await house.stop();
});

const state = () => house.sms.messages()[0]?.state;
const fieldsOf = (n = 0) => Object.fromEntries(new URLSearchParams(vonage.got[n]?.body));
const path = () => house.sms.settings().reportPath as string;

test('a message goes out with key and secret as Vonage documents it', async () => {
  const result = await house.sms.send(login());
  assert.equal(result, {
    accepted: true,
    retryable: false,
    parts: 1,
    providerId: 'V1',
    price: '0.07',
  });
  const { 'client-ref': reference, ...fields } = fieldsOf();
  assert.ok((reference ?? '').length <= 40);
  assert.equal(fields, {
    from: 'Theater',
    to: '31612345678',
    text: 'Your code is 482913',
    type: 'text',
    ttl: '600000',
    'status-report-req': '1',
  });
  assert.is(state(), 'accepted');
});

test('a text outside GSM-7 goes as unicode, and reports are asked for where they can come', async () => {
  await house.sms.change({ publicUrl: 'https://tickets.example' });
  await house.sms.send(login('Zoë: 482913'));
  assert.is(fieldsOf().type, 'unicode');
  assert.is(fieldsOf().callback, `https://tickets.example${path()}`);
});

test('a signed message bears a signature and never the secret beside it', async () => {
  await house.sms.change({ vonage: { mode: 'signed', signatureSecret } });
  assert.is((await house.sms.send(login('a&b=c'))).accepted, true);
  const fields = fieldsOf();
  assert.is(vonage.got[0]?.headers.authorization, undefined);
  assert.is(fields.api_secret, undefined);
  assert.is(fields.sig, vonageSignature(fields, 'sha256'));
  assert.is(Number(fields.timestamp), Math.floor(house.clock.now() / 1000));
});

test('the signature is that of the description, by each method', () => {
  const fields = { b: 'x&y=z', a: '1', sig: 'left out', timestamp: '1' };
  for (const method of SIGNATURE_METHODS) {
    assert.is(signVonage(fields, signatureSecret, method), vonageSignature(fields, method));
  }
  // md5 of '&a=1&b=x_y_z&timestamp=1sign-me', by another program.
  assert.is(signVonage(fields, signatureSecret, 'md5hash'), '3970ed007d20151ec4e47cc531893740');
});

// Status, failure, and how many requests it leads to when it stays.
const STATUS: readonly [string, string, number][] = [
  ['1', 'throttled', 3],
  ['2', 'config', 1],
  ['3', 'config', 1],
  ['4', 'auth', 1],
  ['5', 'provider-down', 3],
  ['6', 'invalid-number', 1],
  ['7', 'barred', 1],
  ['8', 'barred', 1],
  ['9', 'balance', 1],
  ['10', 'throttled', 3],
  ['11', 'config', 1],
  ['12', 'invalid-content', 1],
  ['14', 'auth', 1],
  ['15', 'invalid-sender', 1],
  ['22', 'config', 1],
  ['23', 'config', 1],
  ['29', 'config', 1],
  ['32', 'auth', 1],
  ['33', 'invalid-number', 1],
];
for (const [status, failure, requests] of STATUS) {
  test(`HTTP 200 with status ${status} is not sent: ${failure}, asked ${requests}×`, async () => {
    vonage.next(...Array.from({ length: requests }, () => vonageFails(status)));
    const result = await house.sms.send(login());
    assert.equal(result, {
      accepted: false,
      failure,
      retryable: requests > 1,
      rawCode: status,
    });
    assert.is(vonage.got.length, requests);
    assert.is(vonage.sent.length, 0);
    assert.is(state(), 'refused');
  });
}

test('a message throttled twice goes out once', async () => {
  vonage.next(vonageFails('1'), vonageFails('1'));
  assert.is((await house.sms.send(login())).accepted, true);
  assert.equal([vonage.got.length, vonage.sent.length], [3, 1]);
});

test('a message of which one part was taken is not sent again', async () => {
  const messages = [{ status: '0', 'message-id': 'V1' }, { status: '1' }];
  vonage.next({ status: 200, body: { 'message-count': '2', messages } });
  const result = await house.sms.send(login());
  assert.equal([result.accepted, result.retryable, vonage.got.length], [false, false, 1]);
});

for (const way of ['silent', 'cut'] as const) {
  test(`a request that was taken and not answered (${way}) sends no second SMS`, async () => {
    vonage.next(way);
    const result = await house.sms.send(login());
    assert.equal([result.accepted, result.retryable, vonage.got.length], [false, false, 1]);
    assert.is(state(), 'unclear');
  });
}

/** A report as Vonage sends it, by GET. */
const get = async (fields: Record<string, string>) => {
  const url = `${path()}?${new URLSearchParams(fields)}`;
  return (await house.server.inject({ method: 'GET', url })).statusCode;
};
const reportOf = (status: string, reference: string) => ({
  msisdn: PHONE.slice(1),
  to: 'Theater',
  'network-code': '20408',
  messageId: 'V1',
  price: '0.07',
  status,
  scts: '2611211900',
  'err-code': '0',
  'api-key': apiKey,
  'client-ref': reference,
  'message-timestamp': '2026-11-21 19:00:00',
});

const WORDS = [
  ['accepted', 'accepted'],
  ['buffered', 'accepted'],
  ['delivered', 'delivered'],
  ['expired', 'expired'],
  ['failed', 'failed'],
  ['rejected', 'rejected'],
  ['unknown', 'unknown'],
] as const;
for (const [word, expected] of WORDS) {
  test(`a report of “${word}” is ${expected}`, async () => {
    await house.sms.send(login());
    assert.is(await get(reportOf(word, vonage.sent[0] as string)), 204);
    assert.is(state(), expected);
  });
}

test('a report is read as a form and as JSON, and by the provider’s id without a reference', async () => {
  for (const type of ['application/x-www-form-urlencoded', 'application/json']) {
    await house.sms.send(login());
    house.clock.move(1000);
    const fields = reportOf('delivered', vonage.sent.at(-1) as string);
    const body = type.endsWith('json')
      ? JSON.stringify(fields)
      : new URLSearchParams(fields).toString();
    const headers = { 'content-type': type };
    const answer = await house.server.inject({ method: 'POST', url: path(), headers, body });
    assert.is(answer.statusCode, 204);
    assert.is(state(), 'delivered', type);
  }
  await house.sms.send(login());
  assert.is(await get({ ...reportOf('failed', ''), messageId: 'V3' }), 204);
  assert.is(state(), 'failed');
});

test('where signatures are on, forged, unsigned and old reports are refused', async () => {
  await house.sms.change({ vonage: { signatureSecret, signatureMethod: 'sha256' } });
  await house.sms.send(login());
  const now = Math.floor(house.clock.now() / 1000);
  const signed = (seconds: number) => {
    const fields = { ...reportOf('delivered', vonage.sent[0] as string), nonce: 'n' };
    const stamped: Record<string, string> = { ...fields, timestamp: String(seconds) };
    return { ...stamped, sig: vonageSignature(stamped, 'sha256').toUpperCase() };
  };
  assert.is(await get(reportOf('delivered', vonage.sent[0] as string)), 403);
  assert.is(await get({ ...signed(now), status: 'failed' }), 403);
  assert.is(await get(signed(now - 301)), 403);
  assert.is(await get(signed(now + 301)), 403);
  assert.is(await get({ ...signed(now), timestamp: 'soon' }), 403);
  assert.is(state(), 'accepted');
  assert.ok(house.log.codes().includes('sms-report-forged'));
  assert.is(await get(signed(now)), 204);
  assert.is(await get(signed(now)), 204, 'doubled');
  assert.is(state(), 'delivered');
});

test('a report that comes before the answer is kept', async () => {
  vonage.next('silent');
  const sending = house.sms.send(login());
  while (vonage.got.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const reference = new URLSearchParams(vonage.got[0]?.body).get('client-ref') as string;
  assert.is(await get(reportOf('delivered', reference)), 204);
  await sending;
  assert.is(state(), 'delivered');
});

test('a report without a status is unreadable; one on an unknown message is taken', async () => {
  assert.is(await get({ messageId: 'V9' }), 400);
  assert.is(await get(reportOf('delivered', 'gh-nobody')), 204);
  assert.is(house.sms.messages().length, 0);
});

test.run();
