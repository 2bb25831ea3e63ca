import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { decodePictures } from '@gatehouse/gateway';
import { parseSecure, SLOT_SECONDS, slotAt } from '@gatehouse/protocol';
import type { BrowserContext, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchKept } from '../scripts/browser.ts';
import { type Cable, cable } from './cable.ts';
import { missingBrowser, type Night, startNight, until } from './test/night.ts';

/**
 * A phone without network for more than five minutes, its clock ten minutes wrong, before the
 * camera of a gateway process that is enrolled at the cloud. Phone and cloud are on virtual time,
 * moved together; the gateway is started anew for each slot, asks the cloud about its picture, and
 * the guest walks through.
 */
const SLOT_MS = SLOT_SECONDS * 1000;
const MINUTE = 60_000;
const WRONG_MS = 10 * MINUTE;
const NUMBER = '+31612345678';
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, locale: 'en-GB' };
/** Of one group with one ticket: everybody in it passes once. */
const USES = 20;
const missing = await missingBrowser();
const offline = suite('a phone without network at the gate');
const test = missing ? offline.skip : offline;
if (missing) console.log(`SKIPPED a phone without network at the gate: ${missing}`);

let night: Night;
let line: Cable;
let url = '';
let phone: BrowserContext;
let page: Page;
let ticket = '';
/** The true time as far as the phone has got; it stands still between two pictures. */
let phoneAt = 0;
/** Screenshots that the gate has admitted, and when they were taken. */
const admitted: { file: string; at: number }[] = [];

offline.before(async () => {
  if (missing) return;
  night = await startNight(8 * MINUTE);
  line = cable({ port: 0, to: Number(new URL(night.base).port) });
  url = `http://127.0.0.1:${await line.start()}/portal/`;
  ticket = await sell();
  await night.openGate();
  await openPhone();
});
offline.after(async () => {
  await phone?.close();
  await line?.stop();
  await night?.stop();
});

/** One secure ticket on the number, as the shop would have made it. */
async function sell(): Promise<string> {
  const { id: production } = await night.call('POST', '/productions', { title: 'Night Ferry' });
  const starts = night.now() + 20 * MINUTE;
  const show = { production, hall: 'Main', starts, ends: starts + 60 * MINUTE, secure: true };
  const { id } = await night.call('POST', '/performances', show);
  const made = await night.call('POST', `/performances/${id}/tickets`, { uses: USES });
  const data = new DatabaseSync(join(night.dir, 'cloud', 'gatehouse.db'));
  data.exec('pragma busy_timeout = 5000');
  data.prepare('update tickets set phone = ? where id = ?').run(NUMBER, made.id);
  data.close();
  return made.id;
}

async function openPhone(): Promise<void> {
  phone = await launchKept(join(night.dir, 'phone'), PHONE);
  phoneAt = night.now() + 1_000;
  await phone.clock.install({ time: phoneAt - 1_000 + WRONG_MS });
  await phone.clock.pauseAt(phoneAt + WRONG_MS);
  page = phone.pages()[0] as Page;
  await page.goto(url);
}

async function logIn(): Promise<void> {
  await page.getByTestId('number').fill(NUMBER);
  await page.getByTestId('send-code').click();
  const newest = async () => (await night.call('GET', '/sms/outbox')).messages[0]?.text ?? '';
  await until('an SMS comes', async () => (await newest()) !== '');
  const [code = ''] = /\b\d{6}\b/.exec(await newest()) ?? [];
  await page.getByTestId('code-field').fill(code);
  await page.getByTestId('log-in').click();
  await page.getByTestId('ticket').waitFor();
}

/** A second after the next slot has begun the picture goes to the camera, and somebody passes. */
async function nextSlot(): Promise<void> {
  const before = await passages();
  // A gateway does not believe in a cloud whose time jumps: it learns it when it starts.
  await night.gateway.stop();
  const next = Math.ceil(Math.max(night.now(), phoneAt + 1) / SLOT_MS) * SLOT_MS + 900;
  night.move(next - night.now());
  await phone.clock.runFor(next - phoneAt);
  phoneAt = next;
  const gate = night.openGate();
  await page.waitForFunction(() => {
    const canvas = document.querySelector('canvas');
    const ink = canvas?.getContext('2d');
    if (!canvas || !ink || canvas.width === 0) return false;
    return ink.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] === 255;
  });
  const file = join(night.dir, `phone-${admitted.length}.png`);
  const picture = await page.screenshot({ path: file });
  await gate;
  assert.is(await night.show(picture), 'pass-use', file);
  assert.ok(await night.entrance.walk());
  await until('the passage is in the cloud', async () => (await passages()) === before + 1);
  admitted.push({ file, at: phoneAt });
}

type Scan = { ticket: string | null; result: string | null };

async function passages(): Promise<number> {
  const { scans } = (await night.call('GET', '/scans?limit=1000')) as { scans: Scan[] };
  return scans.filter((scan) => scan.ticket === ticket && scan.result === 'passed').length;
}

test('S8: its codes go on opening the gate through a reload and a restart of the browser', async () => {
  await logIn();
  await nextSlot();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await line.cut();
  for (let slot = 0; slot < 3; slot++) await nextSlot();
  await page.getByTestId('no-network').waitFor();
  await page.reload();
  for (let slot = 0; slot < 4; slot++) await nextSlot();
  await phone.close();
  await openPhone();
  await page.getByTestId('ticket').waitFor();
  for (let slot = 0; slot < 4; slot++) await nextSlot();
  const [first, last] = [admitted[1], admitted.at(-1)];
  assert.ok((last?.at ?? 0) - (first?.at ?? 0) >= 5 * MINUTE, 'five minutes without network');
});

test('each picture is of the slot that had begun a second before, and of no other', async () => {
  assert.ok(admitted.length >= 10);
  const texts = new Map<string, string>();
  const files = admitted.map(({ file }) => file);
  const unread = await decodePictures(files, ({ file, codes }) => {
    texts.set(file, codes[0]?.text ?? '');
  });
  assert.is(unread, 0);
  assert.is(new Set(texts.values()).size, admitted.length);
  for (const { file, at } of admitted) {
    assert.is(parseSecure(texts.get(file) ?? '')?.slotLow, slotAt(at) & 0xffff, file);
  }
});

offline.run();
