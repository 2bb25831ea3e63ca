import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CM_TOKEN, cmFails, cmRejects, cmReport, type FakeCm, fakeCm } from './test/fake-cm.ts';
import type { Reply } from './test/fake-server.ts';
import { login, PHONE, type SmsHouse, startSms } from './test/sms-house.ts';

let house: SmsHouse;
let cm: FakeCm;
test.before.each(async () => {
  house = await startSms();
  cm = await fakeCm();
  await house.sms.change({
    provider: 'cm',
    sender: 'Theater',
    cm: { baseUrl: cm.url, productToken: CM_TOKEN },
  });
});
test.after.each(async () => {
  await cm.stop();
  await house.stop();
});

const state = () => house.sms.messages()[0]?.state;
const report = async (body: string) => {
  const url = house.sms.settings().reportPath as string;
  const headers = { 'content-type': 'application/json' };
  return (await house.server.inject({ method: 'POST', url, headers, body })).statusCode;
};

test('a message goes out as CM documents it, and acceptance is not delivery', async () => {
  const result = await house.sms.send(login());
  assert.equal(result, { accepted: true, retryable: false, parts: 1 });
  const [request] = cm.got;
  const [message] = JSON.parse(request?.body ?? '').messages.msg;
  assert.match(message.reference, /^[a-z0-9]{24}$/);
  const { reference, ...rest } = message;
  assert.equal(rest, {
    from: 'Theater',
    to: [{ number: '0031612345678' }],
    body: { type: 'auto', content: 'Your code is 482913' },
    allowedChannels: ['SMS'],
    minimumNumberOfMessageParts: 1,
    maximumNumberOfMessageParts: 1,
    validity: '10m',
  });
  assert.equal(cm.sent, [reference]);
  assert.is(state(), 'accepted');
});

test('HTTP 200 with errorCode 201 and a rejected recipient is not sent', async () => {
  cm.next(cmRejects(302));
  const result = await house.sms.send(login());
  assert.equal(result, {
    accepted: false,
    failure: 'invalid-number',
    retryable: false,
    rawCode: '302',
  });
  assert.is(state(), 'refused');
  assert.is(cm.got.length, 1);
});

// Code, failure, and how many requests it leads to when it stays.
const CODES: readonly [number, string, number][] = [
  [101, 'auth', 1],
  [102, 'balance', 1],
  [103, 'auth', 1],
  [202, 'config', 1],
  [203, 'config', 1],
  [301, 'invalid-sender', 1],
  [302, 'invalid-number', 1],
  [303, 'invalid-number', 1],
  [304, 'invalid-content', 1],
  [305, 'invalid-content', 1],
  [401, 'barred', 1],
  [402, 'barred', 1],
  [403, 'barred', 1],
  [500, 'provider-down', 3],
  [999, 'unknown', 2],
];
for (const [code, failure, requests] of CODES) {
  test(`code ${code} is ${failure}, for a message and a request, asked ${requests}×`, async () => {
    for (const make of [() => cmRejects(code), () => cmRejects(code, 400), () => cmFails(code)]) {
      const before = cm.got.length;
      cm.next(make(), make(), make());
      const result = await house.sms.send(login());
      assert.is(result.accepted, false);
      assert.equal([result.failure, result.rawCode], [failure, String(code)]);
      assert.is(result.retryable, requests > 1);
      assert.is(cm.got.length - before, requests);
      // Those that were not asked for any more are in the way of the next message.
      while (cm.left() > 0) await fetch(`${cm.url}/v1.0/message`, { method: 'POST' });
    }
    assert.is(cm.sent.length, 0);
  });
}

test('a message refused with 500 goes out once when the repeat is taken', async () => {
  cm.next(cmRejects(500));
  assert.is((await house.sms.send(login())).accepted, true);
  assert.is(cm.got.length, 2);
  assert.is(cm.sent.length, 1);
  const references = cm.got.map(({ body }) => JSON.parse(body).messages.msg[0].reference);
  assert.is(references[0], references[1]);
});

const DOUBTS: readonly [string, Reply | 'silent' | 'cut'][] = [
  ['CM takes it and does not answer', 'silent'],
  ['CM takes it and the connection is cut', 'cut'],
  ['a proxy says 502 after CM took it', { status: 502, body: '<html>' }],
  ['the answer is not JSON', { status: 200, body: 'OK' }],
  ['the answer names nobody', { status: 200, body: { errorCode: 0, messages: [] } }],
  ['an accepted message bears an error', cmAcceptedWith(500)],
];
function cmAcceptedWith(messageErrorCode: number): Reply {
  const messages = [{ status: 'Accepted', messageErrorCode }];
  return { status: 200, body: { errorCode: 201, messages } };
}
for (const [when, way] of DOUBTS) {
  test(`no second SMS is sent when ${when}`, async () => {
    cm.next(way);
    const result = await house.sms.send(login());
    assert.equal([result.accepted, result.retryable], [false, false]);
    assert.is(cm.got.length, 1);
    assert.is(state(), 'unclear');
    assert.ok(house.sms.alarms.list().some(({ code }) => code === 'sms-unclear'));
  });
}

test('HTTP faults outside the documents are told apart', async () => {
  cm.next({ status: 401, body: '' }, { status: 302, body: '' });
  assert.is((await house.sms.send(login())).failure, 'auth');
  assert.is((await house.sms.send(login())).failure, 'config');
  cm.next({ status: 429, body: '' });
  assert.is((await house.sms.send(login())).accepted, true, '429 was not taken: asked again');
});

test('a provider that is not there is asked again, and people are told', async () => {
  await cm.stop();
  const result = await house.sms.send(login());
  assert.equal([result.failure, result.retryable], ['provider-down', true]);
  assert.match(result.rawCode ?? '', /^not-sent: ECONNREFUSED/);
  assert.is(state(), 'refused');
  assert.ok(house.log.codes().includes('sms-provider-down'));
  cm = await fakeCm();
});

test('reports move a message on; doubled ones and those for unknown messages change nothing', async () => {
  await house.sms.send(login());
  const reference = cm.sent[0] as string;
  assert.is(await report(cmReport(reference, 0)), 204);
  assert.is(state(), 'accepted');
  assert.is(await report(cmReport(reference, '2')), 204);
  assert.is(state(), 'delivered');
  for (const [code, ref] of [
    [2, reference],
    [0, reference],
    ['failed', reference],
    [2, 'gh00'],
  ]) {
    assert.is(await report(cmReport(ref as string, code as string)), 204);
  }
  assert.is(state(), 'delivered');
  assert.is(house.sms.messages().length, 1);
});

const WORDS: readonly [string | number, string][] = [
  ['sent', 'accepted'],
  ['accepted', 'accepted'],
  ['delivered', 'delivered'],
  ['rejected', 'rejected'],
  ['failed', 'failed'],
  ['cancelled', 'failed'],
  [0, 'accepted'],
  [1, 'rejected'],
  [2, 'delivered'],
  [3, 'failed'],
  [4, 'delivered'],
  ['something new', 'unknown'],
];
for (const [word, expected] of WORDS) {
  test(`a report of “${word}” is ${expected}`, async () => {
    await house.sms.send(login());
    assert.is(await report(cmReport(cm.sent[0] as string, word)), 204);
    assert.is(state(), expected);
  });
}

test('a delivery reported after a failure counts', async () => {
  await house.sms.send(login());
  await report(cmReport(cm.sent[0] as string, 3));
  await report(cmReport(cm.sent[0] as string, 2));
  assert.is(state(), 'delivered');
});

test('a report that comes before the answer is kept', async () => {
  cm.next('silent');
  const sending = house.sms.send(login());
  while (cm.got.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const { reference } = JSON.parse(cm.got[0]?.body ?? '').messages.msg[0];
  assert.is(await report(cmReport(reference, 2)), 204);
  await sending;
  assert.is(state(), 'delivered');
});

test('a report of a demonstration account, without reference, is taken and says nothing', async () => {
  assert.is(await report(cmReport('', 2)), 204);
});

test('what is not a report is refused, and so is one under a path nobody was given', async () => {
  assert.is(await report('<xml/>'), 400);
  assert.is(await report('{"messages":{"msg":[]}}'), 400);
  const wrong = await house.server.inject({ method: 'POST', url: '/sms/reports/guessed' });
  assert.equal([wrong.statusCode, wrong.json().code], [404, 'route-unknown']);
});

test('the log holds neither number nor text', async () => {
  cm.next(cmFails(101), 'cut');
  await house.sms.send(login());
  await house.sms.send(login());
  const lines = JSON.stringify(house.log.lines);
  assert.ok(house.log.lines.length > 0);
  assert.not.match(lines, PHONE.slice(3));
  assert.not.match(lines, /482913/);
});

test.run();
