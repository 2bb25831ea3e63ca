import { SLOT_SECONDS } from '@gatehouse/protocol/codes';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingBrowser } from '../../../scripts/browser.ts';
import { CODE, secure } from '../../portal/test/portal-house.ts';
import { readByCamera } from './test/camera.ts';
import { type Evening, startEvening } from './test/evening.ts';

const HOUR = 3_600_000;
const NUMBER = '+31612345678';
/** How long the page stays with a used ticket, and one look at the clock. */
const USED_SHOWN_MS = 4_000 + 200;
const missing = await missingBrowser();
const portal = suite('the portal in a browser');
const test = missing ? portal.skip : portal;
if (missing) console.log(`SKIPPED portal: ${missing}`);

let evening: Evening;
let page: Page;
/** Of a version 5 QR. */
const MODULES = 37;
let handles: string[] = [];
let opens = 0;
/** Everything that the cloud has answered to the first phone. */
const answers: string[] = [];

portal.before(async () => {
  if (missing) return;
  evening = await startEvening();
  const { house } = evening;
  const now = house.clock.now();
  opens = now + 60_000;
  const show = await house.perform(secure(opens + HOUR, { ends: now + 3 * HOUR }));
  await house.sell(show.id, NUMBER, 3);
  const rows = await house.store.db.selectFrom('tickets').select('handle').execute();
  handles = rows.map(({ handle }) => handle as string);
  page = (await evening.phone()).pages()[0] as Page;
  page.on('response', async (response) => {
    if (response.url().includes('/api/tickets') || response.url().includes('/api/login')) {
      answers.push(await response.text());
    }
  });
  await page.goto(`${evening.line.url}/portal/`);
});
portal.after(() => evening?.stop());

const state = (name: string, on = page) =>
  on.locator(`[data-testid=ticket][data-state=${name}]`).waitFor();
/** The pixel in the middle of the module that a pixel belongs to. */
const cell = (pixel: number, size: number) =>
  Math.floor(Math.floor(pixel / size) * size + size / 2);

test('a guest logs in by number and code, and sees when the code will come (S5, S6)', async () => {
  await page.getByTestId('number').waitFor();
  assert.is(await page.getByTestId('trouble').count(), 0);
  await evening.shot(page, 'login');
  await page.getByTestId('number').fill('12');
  await page.getByTestId('send-code').click();
  await page.getByTestId('fault').waitFor();
  await page.getByTestId('number').fill(NUMBER);
  await page.getByTestId('send-code').click();
  await page.getByTestId('code-field').fill('000000');
  const field = page.getByTestId('code-field');
  assert.is(await field.getAttribute('autocomplete'), 'one-time-code');
  await page.getByTestId('log-in').click();
  await page.getByTestId('fault').waitFor();
  await evening.shot(page, 'code');
  await page.getByTestId('code-field').fill(CODE);
  await page.getByTestId('log-in').click();
  await state('early');
  await evening.shot(page, 'early');
  // What the page speaks, its tickets carry: the lane answers in it.
  const { db } = evening.house.store;
  const rows = await db.selectFrom('tickets').select('label').where('phone', '=', NUMBER).execute();
  const spoken = await page.locator('html').getAttribute('lang');
  assert.equal([...new Set(rows.map(({ label }) => JSON.parse(label).language))], [spoken]);
});

test('S6: the code shows by itself in the open page, and no answer held a handle before', async () => {
  const before = answers.join();
  assert.ok(answers.length > 0);
  for (const handle of handles) assert.not.match(before, handle);
  const { clock } = evening.house;
  await evening.pass(opens - 1 - clock.now());
  assert.is(await page.getByTestId('qr').count(), 0, 'not before its time');
  for (const handle of handles) assert.not.match(answers.join(), handle);
  await evening.pass(1_000);
  await state('code');
  await evening.drawn(page);
  // page, service worker, login and all answers, with their headers
  const { carried } = evening.line;
  assert.ok(carried > 10_000 && carried < 100_000, `${carried} bytes up to the first code`);
  const [code = ''] = await readByCamera([await evening.shot(page, 'qr')]);
  const { verdict, back } = await evening.hold(code);
  assert.is(verdict, 'ok');
  await back();
});

test('exportKey rejects: nobody takes the private key out of the browser', async () => {
  const said = await page.evaluate(async () => {
    const request = indexedDB.open('gatehouse-portal');
    await new Promise((done) => request.addEventListener('success', done));
    const found = request.result.transaction('kept').objectStore('kept').get('keys');
    await new Promise((done) => found.addEventListener('success', done));
    const { privateKey } = found.result as CryptoKeyPair;
    const ways = ['pkcs8', 'jwk', 'raw'] as const;
    const tries = ways.map((way) =>
      crypto.subtle.exportKey(way, privateKey).then(
        () => 'taken out',
        () => 'refused',
      ),
    );
    return { extractable: privateKey.extractable, tries: await Promise.all(tries) };
  });
  assert.equal(said, { extractable: false, tries: ['refused', 'refused', 'refused'] });
});

test('S7 S16: used is told of the passage, not the grant; the next ticket comes by itself', async () => {
  const first = await page.getByTestId('ticket').getAttribute('data-ticket');
  await evening.pass(SLOT_SECONDS * 1000);
  await evening.drawn(page);
  const [code = ''] = await readByCamera([await evening.shot(page, 'before-passage')]);
  const { verdict, through } = await evening.hold(code);
  assert.is(verdict, 'ok');
  await evening.pass(1_000);
  assert.is(await page.getByTestId('used').count(), 0, 'a grant is not a passage');
  await through();
  // No time passes for the page: it is told, and does not wait until it asks by itself.
  await page.getByTestId('used').waitFor();
  await evening.shot(page, 'used');
  await evening.pass(USED_SHOWN_MS);
  await page.waitForFunction((id) => {
    const shown = document.querySelector('[data-testid=ticket]') as HTMLElement;
    return shown.dataset.ticket !== id && shown.dataset.state === 'code';
  }, first);
  assert.match(await page.getByTestId('which').innerText(), '2');
});

test('a second phone takes the tickets over: the first one is told at once', async () => {
  await evening.pass(SLOT_SECONDS * 1000);
  await evening.drawn(page);
  const [old = ''] = await readByCamera([await evening.shot(page, 'first-phone')]);
  const second = (await evening.phone()).pages()[0] as Page;
  await second.goto(`${evening.line.url}/portal/`);
  await evening.logIn(second, NUMBER);
  await page.getByTestId('elsewhere').waitFor();
  assert.is(await page.getByTestId('qr').count(), 0);
  await evening.shot(page, 'elsewhere');
  await second.locator('[data-state=code]').waitFor();
  assert.is((await evening.hold(old)).verdict, 'superseded');
  await evening.drawn(second);
  const [code = ''] = await readByCamera([await evening.shot(second, 'second-phone')]);
  assert.is((await evening.hold(code)).verdict, 'ok');
  await second.context().close();
});

test('the QR is whole device pixels, black on white, at every screen, also in dark mode', async () => {
  for (const ratio of [1, 2, 2.625, 3]) {
    const phone = await evening.phone({
      viewport: { width: 320, height: 568 },
      deviceScaleFactor: ratio,
      colorScheme: 'dark',
    });
    const small = phone.pages()[0] as Page;
    await small.goto(`${evening.line.url}/portal/`);
    await evening.logIn(small, NUMBER);
    await small.locator('[data-state=code]').waitFor();
    await evening.drawn(small);
    const shot = await evening.shot(small, `ratio-${ratio}`);
    const box = (await small.getByTestId('qr').boundingBox())!;
    assert.ok(box.width >= 0.8 * 320, `${box.width} of 320 px`);
    const across = await small.getByTestId('qr').evaluate((qr: HTMLCanvasElement) => qr.width);
    assert.is(across, Math.round(box.width * ratio));
    const size = Math.floor(across / (MODULES + 8));
    const grey = sharp(shot).greyscale().raw();
    const { data, info } = await grey.toBuffer({ resolveWithObject: true });
    const pixel = (x: number, y: number) => data[y * info.width + x] as number;
    const edge = Math.floor((across - size * MODULES) / 2);
    const [left, top] = [box.x, box.y].map((at) => Math.round(at * ratio) + edge) as [
      number,
      number,
    ];
    assert.ok(edge >= 4 * size, 'the quiet zone');
    for (let y = -edge; y < across - edge; y++) {
      for (let x = -edge; x < across - edge; x++) {
        const value = pixel(left + x, top + y);
        const outside = Math.min(x, y) < 0 || Math.max(x, y) >= size * MODULES;
        const middle = outside ? 255 : pixel(left + cell(x, size), top + cell(y, size));
        const right = value === middle && (value === 0 || value === 255);
        if (!right) assert.unreachable(`at ${ratio}: ${x}, ${y} is ${value}, not ${middle}`);
      }
    }
    assert.is(pixel(left, top), 0);
    const ground = await sharp(shot)
      .extract({ left: 2, top: 2, width: 1, height: 1 })
      .raw()
      .toBuffer();
    assert.equal([...ground.subarray(0, 3)], [255, 255, 255]);
    await phone.close();
  }
});

test('no language overflows a small phone, and what is tapped is large enough', async () => {
  const phone = await evening.phone({ viewport: { width: 320, height: 568 } });
  const small = phone.pages()[0] as Page;
  await small.goto(`${evening.line.url}/portal/`);
  const looks = async (name: string) => {
    const found = await small.evaluate(() => {
      const root = document.documentElement;
      const targets = [...document.querySelectorAll('button, input, select, a')];
      const low = targets.filter((one) => one.getBoundingClientRect().height < 48);
      return { over: root.scrollWidth - root.clientWidth, low: low.map((one) => one.outerHTML) };
    });
    assert.equal(found, { over: 0, low: [] }, name);
  };
  for (const language of ['nl', 'en', 'de', 'fr']) {
    await small.getByRole('combobox').selectOption(language);
    await looks(`${language} number`);
    await evening.shot(small, `small-${language}`);
  }
  await small.getByTestId('number').fill(NUMBER);
  await small.getByTestId('send-code').click();
  for (const language of ['nl', 'en', 'de', 'fr']) {
    await small.getByRole('combobox').selectOption(language);
    await looks(`${language} code`);
  }
  await small.getByRole('combobox').selectOption('nl');
  await small.getByTestId('code-field').fill(CODE);
  await small.getByTestId('log-in').click();
  await state('code', small);
  const { db } = evening.house.store;
  const chosen = db.selectFrom('tickets').select('label').where('phone', '=', NUMBER);
  const speaks = async () => JSON.parse((await chosen.executeTakeFirstOrThrow()).label).language;
  assert.is(await speaks(), 'nl');
  await small.getByRole('combobox').selectOption('fr');
  for (const end = Date.now() + 30_000; (await speaks()) !== 'fr'; ) {
    assert.ok(Date.now() < end, 'the newest choice goes to the lanes');
    await new Promise((again) => setTimeout(again, 50));
  }
  await small.getByRole('combobox').selectOption('nl');
  await looks('ticket');
  await evening.shot(small, 'small-ticket');
  await phone.close();
});

test('private windows and browsers inside other apps are told of before the login', async () => {
  const agent = 'Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 Instagram 300.0';
  const inApp = (await evening.phone({ userAgent: agent })).pages()[0] as Page;
  await inApp.goto(`${evening.line.url}/portal/`);
  assert.match(await inApp.getByTestId('trouble').innerText(), /another app/);
  await evening.shot(inApp, 'in-app');
  await inApp.context().close();
  // As Safari and Firefox do it in private windows; those of Chromium cannot be told apart.
  const secret = await evening.phone();
  await secret.addInitScript(() => {
    navigator.storage.getDirectory = () => Promise.reject(new DOMException('', 'SecurityError'));
  });
  const hidden = secret.pages()[0] as Page;
  await hidden.goto(`${evening.line.url}/portal/`);
  assert.match(await hidden.getByTestId('trouble').innerText(), /private window/);
  await secret.close();
});

portal.run();
