import { randomBytes } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createExchange } from './exchange.ts';
import { createMessageStore } from './message-store.ts';
import { createSms, TESTS_PER_HOUR } from './sms.ts';
import { CM_TOKEN, fakeCm } from './test/fake-cm.ts';
import { login, PHONE, type SmsHouse, startSms, testClock } from './test/sms-house.ts';
import { createTurns, SENDS_AT_ONCE, SENDS_WAITING_MAX } from './turns.ts';
import { createUpkeep, MESSAGES_KEPT_MS } from './upkeep.ts';

const MINUTE_MS = 60_000;
let house: SmsHouse;
test.before.each(async () => {
  house = await startSms();
});
test.after.each(() => house.stop());

test('without a provider messages go into the outbox, and the banner is up', async () => {
  assert.equal(house.sms.status(), {
    enabled: true,
    provider: 'outbox',
    nothingIsSent: true,
    tested: null,
    ready: false,
  });
  assert.is((await house.sms.send(login())).accepted, true);
  const [message] = house.sms.outbox();
  assert.equal([message?.number, message?.text], [PHONE, 'Your code is 482913']);
  assert.is(house.sms.messages()[0]?.number, '+31 … 78');
});

test('number and code leave the outbox after ten minutes, on the page and on disk', async () => {
  await house.sms.send(login());
  house.clock.move(10 * MINUTE_MS - 1);
  assert.match(house.sms.outbox()[0]?.text ?? '', /482913/);
  house.clock.move(1);
  const [message] = house.sms.outbox();
  assert.equal([message?.number, message?.text], [null, 'Your code is ••••••']);
  await house.restart();
  const rows = house.store.prepareRead('select * from sms_messages').all();
  assert.is(rows.length, 1);
  assert.not.match(JSON.stringify(rows), /482913|612345678/);
});

test('the round by itself takes codes out and removes what is old', async () => {
  const timers: (() => void)[] = [];
  const clock = { ...house.clock, setTimeout: (run: () => void) => timers.push(run) };
  const messages = createMessageStore(house.store);
  const upkeep = createUpkeep({ messages, tenant: 't', clock, log: house.log });
  await upkeep.start();
  await house.sms.send(login());
  await house.sms.alarms.raise('code-prefix-blocked', '+3161234');
  house.clock.move(10 * MINUTE_MS);
  timers.shift()?.();
  while (timers.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  const text = () => house.store.prepareRead('select outbox_text from sms_messages').all();
  assert.is(text()[0]?.outbox_text, 'Your code is ••••••');
  house.clock.move(MESSAGES_KEPT_MS);
  timers.shift()?.();
  while (timers.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  assert.equal([text().length, house.sms.alarms.list().length], [0, 0]);
  await upkeep.stop();
});

test('switched off nothing is sent and nothing kept', async () => {
  await house.sms.change({ enabled: false });
  const result = await house.sms.send(login());
  assert.equal([result.accepted, result.failure, result.rawCode], [false, 'config', 'disabled']);
  assert.is(house.sms.messages().length, 0);
  assert.is(house.sms.status().nothingIsSent, true);
});

test('a text of more than two parts, or none, is not sent', async () => {
  for (const text of ['', 'x'.repeat(307)]) {
    assert.is((await house.sms.send(login(text))).failure, 'invalid-content');
  }
  assert.is((await house.sms.send(login('x'.repeat(306)))).parts, 2);
});

test('what was on its way when the cloud died is unclear, and is not sent again', async () => {
  await createMessageStore(house.store).add({
    reference: 'ghcrashed',
    tenant: 't',
    provider: 'cm',
    purpose: 'login',
    masked: '+31 … 78',
    parts: 1,
    at: house.clock.now(),
  });
  const sms = await house.restart();
  assert.is(sms.messages()[0]?.state, 'unclear');
});

test('a stop waits for a message under way, then ends it as unclear', async () => {
  const cm = await fakeCm();
  await house.sms.change({
    provider: 'cm',
    sender: 'Theater',
    cm: { baseUrl: cm.url, productToken: CM_TOKEN },
  });
  cm.next('silent');
  const sending = house.sms.send(login());
  while (cm.got.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const sms = await house.restart();
  assert.match((await sending).rawCode ?? '', /stopped/);
  assert.equal([sms.messages()[0]?.state, cm.got.length], ['unclear', 1]);
  await cm.stop();
});

test('a few messages go at a time; too many waiting are refused', async () => {
  const turns = createTurns();
  let running = 0;
  let most = 0;
  const gates: (() => void)[] = [];
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => gates.push(resolve));
    running -= 1;
  };
  const all = SENDS_AT_ONCE + SENDS_WAITING_MAX;
  const taken = Array.from({ length: all + 5 }, () => turns.run(work));
  assert.is(taken.filter((turn) => turn === undefined).length, 5);
  let done = false;
  void turns.idle().then(() => {
    done = true;
  });
  while (!done) {
    gates.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal([most, running], [SENDS_AT_ONCE, 0]);
});

test('a full queue refuses as throttled and raises an alarm', async () => {
  const never = () => new Promise<Response>(() => undefined);
  const { store, log } = house;
  const clock = { ...house.clock, setTimeout: () => undefined };
  const parts = { store, tenant: 'u', clock, random: randomBytes, log, localProviders: true };
  const sms = createSms({ ...parts, fetch: never });
  await sms.start();
  await sms.change({ provider: 'cm', sender: 'Theater', cm: { productToken: CM_TOKEN } });
  for (let n = 0; n < SENDS_AT_ONCE + SENDS_WAITING_MAX; n++) void sms.send(login());
  const result = await sms.send(login());
  assert.equal([result.failure, result.retryable], ['throttled', true]);
  assert.ok(sms.alarms.list().some(({ code }) => code === 'sms-provider-slow'));
});

test('an answer without end is cut, and redirects are never followed', async () => {
  let followed = '';
  const endless: typeof fetch = async (_, options) => {
    followed = options?.redirect ?? '';
    const body = new ReadableStream({
      pull: (stream) => stream.enqueue(new Uint8Array(1024).fill(120)),
    });
    return new Response(body);
  };
  const stopped = new AbortController().signal;
  const exchange = createExchange({ fetch: endless, clock: testClock(), stopped });
  const outcome = await exchange({ url: 'https://x.example', headers: {}, body: '' });
  assert.is(outcome.kind, 'answer');
  assert.is(outcome.kind === 'answer' && outcome.answer.body.length, 65_536);
  assert.is(followed, 'manual');
});

test('an alarm is raised once a day for each subject, and survives a restart', async () => {
  await house.sms.alarms.raise('code-prefix-blocked', '+3161234');
  await house.sms.alarms.raise('code-prefix-blocked', '+3161234');
  await house.sms.alarms.raise('code-prefix-blocked', '+3169999');
  const sms = await house.restart();
  await sms.alarms.raise('code-prefix-blocked', '+3161234');
  assert.is(sms.alarms.list().length, 2);
  house.clock.move(24 * 60 * MINUTE_MS);
  await sms.alarms.raise('code-prefix-blocked', '+3161234');
  assert.is(sms.alarms.list().length, 3);
  assert.not.match(JSON.stringify(house.log.lines), /\+316/);
});

test('alarms about countless subjects stay few', async () => {
  for (let n = 0; n < 300; n++) await house.sms.alarms.raise('code-resend-early', `${n}`);
  assert.is(house.sms.alarms.list().length, 200);
});

test('test messages have a limit of their own', async () => {
  for (let n = 0; n < TESTS_PER_HOUR; n++) await house.sms.test(PHONE);
  const fault = await house.sms.test(PHONE).catch((cause) => cause);
  assert.is(fault.code, 'sms-test-limit');
  house.clock.move(61 * MINUTE_MS);
  assert.is((await house.sms.test(PHONE)).result.accepted, true);
});

test.run();
