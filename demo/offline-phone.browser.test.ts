import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { decodePictures } from '@gatehouse/gateway';
import { JUST_ADMITTED_MS, parseSecure, SLOT_SECONDS, slotAt } from '@gatehouse/protocol';
import type { BrowserContext, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchKept, missingBrowser } from '../scripts/browser.ts';
import { freePort } from '../scripts/free-port.ts';
import { PATIENCE_MS } from '../scripts/patience.ts';
import { type Cable, cable } from './cable.ts';
import { type Night, startNight, until } from './test/night.ts';

/**
 * A phone without network for more than five minutes, its clock ten minutes wrong, before the
 * camera of a gateway process that is enrolled at the cloud. Phone and cloud are on virtual time,
 * the phone slot by slot; the gateway is started anew after each few slots, asks the cloud about
 * each picture, and the guest walks through.
 */
const SLOT_MS = SLOT_SECONDS * 1000;
const RUN_THROUGH_MS = 2_000;
/** By so much a gate's time may differ from a picture's, which may have slots beside its own. */
const [YOUNGER_MS, OLDER_MS] = [SLOT_MS, 1.3 * SLOT_MS];
const MINUTE = 60_000;
const WRONG_MS = 10 * MINUTE;
const NUMBER = '+31612345678';
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, locale: 'en-GB' };
/** The slot before, the gate's own and the one after it: as far as clocks may be apart. */
const AT_ONE_START = 3;
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
/** Screenshots, and when they were taken; `admitted` are those that have opened the gate. */
type Picture = { file: string; at: number; bytes: Buffer };
const taken: Picture[] = [];
const admitted: Picture[] = [];

offline.before(async () => {
  if (missing) return;
  night = await startNight(8 * MINUTE);
  line = cable({ port: await freePort(), to: Number(new URL(night.base).port) });
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
  data.exec(`pragma busy_timeout = ${PATIENCE_MS}`);
  data.prepare('update tickets set phone = ? where id = ?').run(NUMBER, made.id);
  data.close();
  return made.id;
}

async function openPhone(): Promise<void> {
  phone = await launchKept(join(night.dir, 'phone'), PHONE);
  phoneAt = Math.max(night.now(), phoneAt) + 1_000;
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

/** Takes a picture a second after each of the next slots has begun. */
async function nextSlots(count: number): Promise<void> {
  const from = taken.length;
  await night.gateway.stop();
  for (let n = 0; n < count; n++) {
    const next = Math.ceil(Math.max(night.now(), phoneAt + 1) / SLOT_MS) * SLOT_MS + 900;
    if (n === 0) night.move(next - night.now());
    // its timers are run through where the slot begins; before, an hour of them would do no more
    await phone.clock.fastForward(Math.max(0, next - phoneAt - RUN_THROUGH_MS));
    await phone.clock.runFor(Math.min(next - phoneAt, RUN_THROUGH_MS));
    phoneAt = next;
    await page.waitForFunction(() => {
      const canvas = document.querySelector('canvas');
      const ink = canvas?.getContext('2d');
      if (!canvas || !ink || canvas.width === 0) return false;
      return ink.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] === 255;
    });
    const file = join(night.dir, `phone-${taken.length}.png`);
    taken.push({ file, at: phoneAt, bytes: await page.screenshot({ path: file }) });
  }
  await admit(taken.slice(from));
}

/** Puts the gate's time in the middle of the pictures, holds each up, and walks through. */
async function admit(pictures: readonly Picture[]): Promise<void> {
  await openGateAt((pictures[pictures.length >> 1] as Picture).at);
  for (const picture of pictures) {
    const before = await passages();
    do {
      const age = night.now() - picture.at;
      if (age < -YOUNGER_MS || age > OLDER_MS) await openGateAt(picture.at);
      assert.is(await night.show(picture.bytes), 'pass-use', picture.file);
      // not where the arm was locked again before: nobody has passed
    } while (!(await night.entrance.walk()));
    await until('the passage is in the cloud', async () => (await passages()) === before + 1);
    admitted.push(picture);
    // Sooner the lane takes the next one for the guest who has just walked through.
    if (picture !== pictures.at(-1)) await pause(JUST_ADMITTED_MS);
  }
}

/** Starts the gate anew: it does not believe in a cloud whose time jumps while it runs. */
async function openGateAt(time: number): Promise<void> {
  await night.gateway.stop();
  night.move(time - night.now());
  await night.openGate();
}

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

type Scan = { ticket: string | null; result: string | null };

async function passages(): Promise<number> {
  const { scans } = (await night.call('GET', '/scans?limit=1000')) as { scans: Scan[] };
  return scans.filter((scan) => scan.ticket === ticket && scan.result === 'passed').length;
}

test('S8: its codes go on opening the gate through a reload and a restart of the browser', async () => {
  await logIn();
  await nextSlots(1);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await line.cut();
  await nextSlots(AT_ONE_START);
  await page.getByTestId('no-network').waitFor();
  await page.reload();
  await nextSlots(AT_ONE_START);
  await phone.close();
  await openPhone();
  await page.getByTestId('ticket').waitFor();
  for (let start = 0; start < 2; start++) await nextSlots(AT_ONE_START);
  const [first, last] = [admitted[1], admitted.at(-1)];
  assert.ok((last?.at ?? 0) - (first?.at ?? 0) >= 5 * MINUTE, 'five minutes without network');
});

test('each picture is of the slot that had begun a second before, and of no other', async () => {
  assert.ok(admitted.length >= 10);
  assert.equal(admitted, taken, 'none left out');
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
