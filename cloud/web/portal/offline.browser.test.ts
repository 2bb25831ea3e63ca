import { parseSecure, SLOT_SECONDS, slotAt } from '@gatehouse/protocol/codes';
import type { BrowserContext, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingBrowser } from '../../../scripts/browser.ts';
import { secure } from '../../portal/test/portal-house.ts';
import { readByCamera } from './test/camera.ts';
import { type Evening, startEvening } from './test/evening.ts';

const SLOT_MS = SLOT_SECONDS * 1000;
const MINUTE_MS = 60_000;
/** How wrong the phone's clock is; its owner sets it back once. */
let wrongMs = 10 * MINUTE_MS;
const NUMBER = '+31612345678';
const missing = await missingBrowser();
const offline = suite('the portal without network');
const test = missing ? offline.skip : offline;
if (missing) console.log(`SKIPPED portal without network: ${missing}`);

let evening: Evening;
let context: BrowserContext;
let page: Page;
const taken: { file: string; at: number }[] = [];

async function open(): Promise<void> {
  context = await evening.keptPhone({ fast: wrongMs });
  page = context.pages()[0] as Page;
  await page.goto(`${evening.line.url}/portal/`);
}

const now = () => evening.house.clock.now();

function setCloud(at: number): void {
  evening.house.clock.move(at - now());
}

/** Goes to one second after the next slot's beginning and takes a picture. */
async function nextSlot(): Promise<void> {
  await evening.pass(SLOT_MS - (now() % SLOT_MS) + 1_000);
  await evening.drawn(page);
  taken.push({ file: await evening.shot(page, `offline-${taken.length}`), at: now() });
}

offline.before(async () => {
  if (missing) return;
  evening = await startEvening();
  const { house } = evening;
  const starts = now() + 10 * MINUTE_MS;
  const show = await house.perform(secure(starts, { ends: starts + 50 * MINUTE_MS }));
  await house.sell(show.id, NUMBER);
  await open();
  await evening.logIn(page, NUMBER);
});
offline.after(() => evening?.stop());

test('a clock that is 10 minutes wrong gives right codes, and the page says so', async () => {
  await nextSlot();
  const [code = ''] = await readByCamera([taken[0]!.file]);
  assert.is(parseSecure(code)?.slotLow, slotAt(now()) & 0xffff);
  const { verdict, back } = await evening.hold(code);
  assert.is(verdict, 'ok');
  await back();
  assert.match(await page.getByTestId('clock-wrong').innerText(), '10 min');
});

test('a clock that is set back without network is said plainly; the code stays right', async () => {
  await evening.line.cut();
  wrongMs = 5 * MINUTE_MS;
  await context.clock.setSystemTime(now() + wrongMs);
  await evening.pass(1_000);
  assert.match(await page.getByTestId('clock-doubt').innerText(), /clock of this phone/i);
  await nextSlot();
  const [code = ''] = await readByCamera([taken.at(-1)!.file]);
  const { verdict, back } = await evening.hold(code);
  assert.is(verdict, 'ok');
  await back();
  await evening.line.mend();
  await evening.pass(6_000);
  await page.getByTestId('clock-doubt').waitFor({ state: 'detached' });
  assert.match(await page.getByTestId('clock-wrong').innerText(), '5 min');
});

test('without network the code goes on through a reload and a restart of the browser', async () => {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await evening.line.cut();
  for (let slot = 0; slot < 4; slot++) await nextSlot();
  await page.getByTestId('no-network').waitFor();
  await page.reload();
  for (let slot = 0; slot < 3; slot++) await nextSlot();
  await context.close();
  await open();
  await page.getByTestId('ticket').waitFor();
  for (let slot = 0; slot < 4; slot++) await nextSlot();
});

test('S8: each of these codes is of its own slot alone, and each opens the gate', async () => {
  assert.ok(taken.length >= 12);
  assert.ok(taken.at(-1)!.at - taken[0]!.at >= 5 * MINUTE_MS);
  const texts = await readByCamera(taken.map(({ file }) => file));
  assert.is(new Set(texts).size, taken.length);
  const end = now();
  for (const [n, text] of texts.entries()) {
    const { at } = taken[n]!;
    assert.is(parseSecure(text)?.slotLow, slotAt(at) & 0xffff, `picture ${n}`);
    setCloud(at);
    await evening.house.ticketing.beacons.current();
    const { verdict, back } = await evening.hold(text);
    assert.is(verdict, 'ok', `picture ${n}`);
    await back();
  }
  setCloud(end);
});

test('the page holds no code beyond its slot, and none while nobody looks at it', async () => {
  const kept = await page.evaluate(async () => {
    const request = indexedDB.open('gatehouse-portal');
    await new Promise((done) => request.addEventListener('success', done));
    const all = request.result.transaction('kept').objectStore('kept').getAll();
    await new Promise((done) => all.addEventListener('success', done));
    return JSON.stringify(all.result) + JSON.stringify(localStorage) + document.body.innerHTML;
  });
  assert.not.match(kept, /\d{100}/);
});

test('a beacon that is too old is said plainly, and a new one comes with the network', async () => {
  await evening.pass(16 * MINUTE_MS);
  await page.getByTestId('stale').waitFor();
  await evening.shot(page, 'stale');
  await evening.line.mend();
  await evening.pass(6_000);
  await page.getByTestId('stale').waitFor({ state: 'detached' });
  taken.length = 0;
  await nextSlot();
  const [code = ''] = await readByCamera([taken[0]!.file]);
  const { verdict, back } = await evening.hold(code);
  assert.is(verdict, 'ok');
  await back();
});

test('S8: an offline phone hides code and ticket at the end it knows, and says so', async () => {
  await evening.line.cut();
  await evening.pass(60 * MINUTE_MS);
  await page.getByTestId('ended').waitFor();
  assert.is(await page.locator('canvas').count(), 0);
  const view = await page.evaluate(async () => {
    const request = indexedDB.open('gatehouse-portal');
    await new Promise((done) => request.addEventListener('success', done));
    const found = request.result.transaction('kept').objectStore('kept').get('view');
    await new Promise((done) => found.addEventListener('success', done));
    return found.result;
  });
  assert.is(view, undefined);
});

offline.run();
