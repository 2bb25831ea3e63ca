import { randomBytes } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPhoneCodes, type PhoneCodes } from '../guests/index.ts';
import { startCloud } from '../test/whole-cloud.ts';
import { secure, startPortal, testPhone } from './test/portal-house.ts';

const NUMBER = '+31612345678';
const texts: string[] = [];
const alarms: string[] = [];
let codes: PhoneCodes | undefined;

const house = await startPortal({
  codes({ store, clock, log }) {
    codes = createPhoneCodes({
      ...{ store, clock, log, random: randomBytes, tenant: 'tenant', key: randomBytes(32) },
      venue: () => 'Theatre',
      sms: {
        async send({ text }) {
          texts.push(text);
          return { accepted: true, id: 'x', said: '' } as never;
        },
        alarms: { raise: async (code: string) => void alarms.push(code) } as never,
      },
    });
    return codes;
  },
});
await codes?.start();
test.after(async () => {
  await codes?.stop();
  await house.stop();
});

async function ask(cookie = '', phone = NUMBER): Promise<void> {
  const headers = cookie ? { cookie } : {};
  const payload = { phone, language: 'en' };
  await house.server.inject({ method: 'POST', url: '/portal/api/code', payload, headers });
  await house.portal.codeDesk.idle();
}

const newest = () => /\b\d{6}\b/.exec(texts.at(-1) ?? '')?.[0] ?? '';

test('G3 S5: forged logins send no SMS, whatever number they name', async () => {
  const show = await house.perform(secure(house.clock.now() + 3 * 3_600_000));
  await house.sell(show.id, NUMBER);
  for (let n = 0; n < 500; n++) await ask('', `+3162${String(n).padStart(7, '0')}`);
  await ask();
  assert.is(texts.length, 0, 'nor for a ticket whose window is not open yet');
});

test('S5: the SMS names the portal’s host in its last line, and its code logs in once', async () => {
  const show = await house.perform(secure(house.clock.now()));
  await house.sell(show.id, NUMBER);
  await ask();
  assert.is(texts.length, 1);
  assert.is(texts[0]?.split('\n').at(-1), `@portal.example.org #${newest()}`);
  const phone = await testPhone(house.server, NUMBER);
  assert.is((await phone.login(newest())).status, 200);
  const other = await testPhone(house.server, NUMBER);
  assert.is((await other.login(newest())).status, 403, 'used');
  assert.is((await phone.tickets()).view.place, 'here');
});

test('an attacker uses up the limits; the phone with a session still gets one SMS', async () => {
  const phone = await testPhone(house.server, NUMBER);
  house.clock.move(60_000);
  await ask();
  assert.is((await phone.login(newest())).status, 200);
  for (let n = 0; n < 20; n++) {
    house.clock.move(20_000);
    await ask();
  }
  const before = texts.length;
  await ask();
  assert.is(texts.length, before, 'the limit holds');
  await ask(phone.cookie);
  assert.is(texts.length, before + 1, 'one is kept back');
  assert.ok(alarms.includes('code-kept-back'));
  assert.is((await phone.login(newest())).status, 200);
  await ask(phone.cookie);
  assert.is(texts.length, before + 1, 'and only one');
});

test('the running cloud serves the portal', async () => {
  const whole = await startCloud();
  try {
    const answer = await fetch(`${whole.api.base}/portal/api/house`);
    assert.is(answer.status, 200);
    const { timeZone, now } = (await answer.json()) as { timeZone: string; now: number };
    assert.is(timeZone, 'Europe/Amsterdam');
    assert.ok(Math.abs(now - Date.now()) < 60_000);
    const tickets = await fetch(`${whole.api.base}/portal/api/tickets`);
    assert.is(tickets.status, 401);
  } finally {
    await whole.stop();
  }
});

test.run();
