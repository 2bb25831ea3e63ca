import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingBrowser } from '../../../scripts/browser.ts';
import { freePort } from '../../../scripts/free-port.ts';
import { enrol } from '../../test/api.ts';
import { movableClock } from '../../test/house.ts';
import { question } from '../../test/phone.ts';
import { DESKTOP, PHONE, type ShopHouse, startShopHouse } from './test/shop-house.ts';

const run = promisify(execFile);
const missing = await missingBrowser();
const shop = suite('the shop in a browser');
const test = missing ? shop.skip : shop;
if (missing) console.log(`SKIPPED shop: ${missing}`);
const noReader = ['pdftoppm', 'zbarimg'].filter((name) => spawnSync('which', [name]).status !== 0);
const readTest = missing || noReader.length > 0 ? shop.skip : shop;
if (noReader.length > 0) console.log(`SKIPPED reading of the PDF: no ${noReader.join(', ')}`);

const SANNE = 'sanne@example.org';
let house: ShopHouse;
/** Sanne's browser; the walks go on in it. */
let page: Page;

shop.before(async () => {
  if (missing) return;
  house = await startShopHouse(await freePort());
  page = await house.guest();
});
shop.after(() => house?.stop());

const see = (id: string, on = page) => on.getByTestId(id).first().waitFor();
const tap = (id: string, on = page) => on.getByTestId(id).first().click();
const open = (path: string, on = page) => on.goto(`${house.base}/shop/${path}`);
const order = (state: string, on = page) =>
  on.locator(`[data-testid=order][data-state=${state}]`).waitFor();
const explained = (name: string, on = page) =>
  on.locator(`[data-testid=explanation][data-name=${name}] p`).first().waitFor();

test('S10 S12: the list shows locks and states, and invites to verify before the sale', async () => {
  await open('');
  await see('programme');
  const shows = page.getByTestId('show');
  assert.is(await shows.count(), 4);
  assert.is(await page.getByTestId('lock').count(), 2);
  assert.is(await page.getByTestId('verify-early').count(), 1);
  assert.match(await shows.nth(2).innerText(), 'Sold out');
  assert.match(await shows.nth(3).innerText(), 'Sale opens');
  await house.shot(page, 'programme-phone');
  const desk = await house.guest(DESKTOP);
  await open('', desk);
  await see('programme', desk);
  await house.shot(desk, 'programme-desktop');
  await desk.context().close();
});

test('S1 M3: who is not verified sees the explanation and the way to verify, not the order page', async () => {
  await open(`performances/${house.shows.secure}`);
  await explained('order-secure-guest');
  assert.is(await page.getByTestId('choose').count(), 0);
  await house.shot(page, 'unknown-phone');
  await page.getByText('I am new here').click();
  await page.getByTestId('email').fill(SANNE);
  await page.getByTestId('password').fill('seagulls over the quay');
  await tap('log-in');
  await see('mail-sent');
  await page.goto(await house.mailedLink(SANNE));
  await explained('order-secure');
  assert.match(page.url(), `/shop/performances/${house.shows.secure}`, 'back where she was');
  assert.is(await page.getByTestId('choose').count(), 0);
  await house.shot(page, 'unverified-phone');
});

test('G1: the number is verified by the code of the SMS, and she goes on where she was', async () => {
  await page.getByTestId('phone').fill('020 1234567');
  await tap('send-code');
  assert.match(await page.getByTestId('fault').innerText(), 'not a mobile number');
  await page.getByTestId('phone').fill('06 12 34 56 78');
  await tap('send-code');
  await see('code');
  assert.is(await page.getByTestId('code').getAttribute('autocomplete'), 'one-time-code');
  await page.getByTestId('code').fill('000000');
  await tap('verify');
  assert.match(await page.getByTestId('fault').innerText(), 'not right');
  await house.shot(page, 'code-phone');
  await page.getByTestId('code').fill(await house.smsCode());
  await tap('verify');
  await see('choose');
});

test('two seats are chosen on the map by keyboard and by tap, and held for a time', async () => {
  await page.getByText('Choose seats').click();
  await see('map');
  await page.getByTestId('map').scrollIntoViewIfNeeded();
  const seat = (name: string) => page.getByRole('checkbox', { name: new RegExp(`^Row ${name},`) });
  await seat('C, seat 5').click();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press(' ');
  assert.is(await seat('C, seat 6').getAttribute('aria-checked'), 'true');
  const types = page.getByTestId('chosen-seats').getByRole('combobox');
  await types.nth(1).selectOption({ label: 'Student' });
  await house.shot(page, 'seats-phone', false);
  await page.setViewportSize(DESKTOP.viewport);
  await house.shot(page, 'seats-desktop');
  await page.setViewportSize(PHONE.viewport);
  await tap('hold');
  await see('basket');
  assert.match(await page.getByTestId('held').innerText(), /1[45]:\d\d/);
  const items = await page.getByTestId('items').innerText();
  assert.match(items, /Regular\s+Row C, seat 5[\s\S]+€32.50[\s\S]+Student\s+Row C, seat 6/);
  await explained('payment-secure');
  assert.is(await page.getByText('Pick up').count(), 0, 'S3: as e-ticket only');
  await see('e-ticket-only');
  await house.shot(page, 'basket-phone');
});

test('the test payment is marked; cancelled it costs nothing, paid it books the tickets', async () => {
  await page.getByTestId('name').fill('Sanne de Boer');
  await tap('pay');
  await see('test-payment');
  assert.match(await page.getByTestId('test-payment').innerText(), 'No money moves');
  await house.shot(page, 'test-payment-phone');
  await tap('outcome-cancelled');
  await order('awaiting-payment');
  assert.match(await page.getByTestId('fault').first().innerText(), 'Nothing has been paid');
  await house.shot(page, 'cancelled-phone');
  await tap('pay-now');
  await tap('outcome-paid');
  await order('confirmed');
  await see('portal');
  await house.shot(page, 'confirmed-phone');
});

test('S11: the history of orders leads to the portal where it holds secure tickets', async () => {
  await tap('to-account');
  await see('order-portal');
  const portal = await page.getByTestId('order-portal').getAttribute('href');
  assert.is(portal, `${house.base}/portal`);
  assert.is(await page.getByTestId('number').getAttribute('data-verified'), 'true');
  await see('logins');
  await house.shot(page, 'account-phone');
  const pdf = await downloaded(page, 'a.whole');
  assert.is((await codesOn(pdf)).join(), '', 'S4: without a code');
});

test('a seat that somebody else takes first is said to be gone, the others stay chosen', async () => {
  await open(`performances/${house.shows.secure}`);
  await page.getByText('Choose seats').click();
  const seat = (name: string) => page.getByRole('checkbox', { name: new RegExp(`^Row ${name},`) });
  await seat('E, seat 9').click();
  await seat('E, seat 10').click();
  await page.evaluate(async (id) => {
    const { types } = await (await fetch(`/shop/api/v1/performances/${id}`)).json();
    const { seats } = await (await fetch(`/shop/api/v1/performances/${id}/seats`)).json();
    const { id: first } = seats.find(
      (one: { row: string; number: string }) => one.row === 'E' && one.number === '9',
    );
    const wish = { performance: id, tickets: [{ type: types[0].id, count: 1 }], seats: [first] };
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(wish);
    await fetch('/shop/api/v1/basket/places', { method: 'POST', headers, body });
  }, house.shows.secure);
  await tap('hold');
  assert.match(await page.getByTestId('fault').innerText(), 'one of these seats is gone');
  await page.locator('[aria-disabled=true][aria-label^="Row E, seat 9,"]').waitFor();
  assert.match(await page.getByTestId('chosen-seats').innerText(), 'Row E, seat 10');
});

test('a guest logs out and in again by password, and keeps her details', async () => {
  await open('account');
  await tap('log-out');
  await see('programme');
  await tap('to-account');
  await page.getByTestId('email').fill(SANNE);
  await page.getByTestId('password').fill('not this one');
  await tap('log-in');
  assert.match(await page.getByTestId('fault').innerText(), 'do not belong together');
  await page.getByTestId('password').fill('seagulls over the quay');
  await tap('log-in');
  await see('account');
  await page.getByTestId('account-name').fill('Sanne de Boer');
  await tap('save');
  await see('done');
  await page.reload();
  await see('account');
  assert.is(await page.getByTestId('account-name').inputValue(), 'Sanne de Boer');
});

test('who changes the number between basket and payment is told, and can begin anew', async () => {
  await open(`performances/${house.shows.secure}`);
  await page.getByTestId('more').first().click();
  await tap('hold');
  await see('basket');
  await page.evaluate(async () => {
    const { session } = await (await fetch('/account/api/v1/session')).json();
    const headers = { 'content-type': 'application/json', 'x-csrf-token': session.csrf };
    const body = JSON.stringify({ phone: '06 87 65 43 21' });
    await fetch('/account/api/v1/phone', { method: 'POST', headers, body });
  });
  await page.getByTestId('name').fill('Sanne de Boer');
  await tap('pay');
  assert.match(await page.getByTestId('fault').innerText(), 'Verify your phone number first');
  await tap('empty');
  await page.getByText('Your basket is empty').waitFor();
});

readTest(
  'a guest without an account buys regular tickets; the code of the PDF is valid',
  async () => {
    const guest = await house.guest();
    await open(`performances/${house.shows.free}`, guest);
    await see('choose', guest);
    await guest.getByRole('button', { name: 'One more: Regular' }).click();
    await house.shot(guest, 'free-phone');
    await tap('hold', guest);
    await tap('more-extra', guest);
    await guest.getByText('€26.50').first().waitFor();
    assert.match(await guest.getByTestId('basket').innerText(), /Glass of wine[\s\S]+€26.50/, 'P7');
    await house.shot(guest, 'extras-phone');
    await guest.getByTestId('name').fill('Joris Maas');
    await guest.getByTestId('order-email').fill('joris@example.org');
    await tap('pay', guest);
    await tap('outcome-paid', guest);
    await order('confirmed', guest);
    assert.is(await guest.getByTestId('portal').count(), 0);
    const [code = ''] = await codesOn(await downloaded(guest));
    const gate = await enrol(house.api, join(house.dir, 'gate'));
    const client = await gate.connect(house.mqttPort());
    client.send('validate', question(movableClock(), code));
    assert.is((await client.next('validate')).verdict.key, 'ok');
    await client.end();
    await guest.context().close();
  },
);

test('a basket that has ended is said in plain words, and another can be begun', async () => {
  const guest = await house.guest();
  await open(`performances/${house.shows.free}`, guest);
  await guest.getByTestId('more').first().click();
  await tap('hold', guest);
  await see('basket', guest);
  await guest.evaluate(async () => {
    const { token } = JSON.parse(localStorage.getItem('gatehouse-basket') ?? '{}');
    await fetch('/shop/api/v1/basket', { method: 'DELETE', headers: { 'x-basket': token } });
  });
  await guest.getByTestId('name').fill('Joris Maas');
  await guest.getByTestId('order-email').fill('joris@example.org');
  await tap('pay', guest);
  assert.match(await guest.getByTestId('fault').innerText(), 'places are free again');
  await guest.context().close();
});

test('P4: a kiosk is shown no secure performance, and no account is asked for', async () => {
  const { body } = await house.api.call('POST', '/channels', { name: 'Foyer' });
  const kiosk = await house.guest(DESKTOP);
  await open(`#channel=${body.token}`, kiosk);
  await see('programme', kiosk);
  assert.is(await kiosk.getByTestId('show').count(), 2);
  assert.is(await kiosk.getByTestId('lock').count(), 0);
  assert.not.match(kiosk.url(), body.token);
  await open(`performances/${house.shows.secure}`, kiosk);
  assert.match(await kiosk.getByTestId('fault').innerText(), 'no such performance');
  await kiosk.context().close();
});

test('nothing overflows at 360 px in either language, and what is tapped is large enough', async () => {
  const paths = ['', `performances/${house.shows.secure}`, 'account', 'basket', 'login'];
  const small = await house.guest({ viewport: { width: 360, height: 640 } });
  for (const path of [...paths, `performances/${house.shows.free}`]) {
    await open(path, small);
    await small.locator('h1').first().waitFor();
    for (const language of ['nl', 'en']) {
      await small.getByRole('combobox').first().selectOption(language);
      await small.locator(`html[lang=${language}]`).waitFor();
      assert.equal(await tooSmall(small), { over: 0, low: [] }, `${path} ${language}`);
    }
  }
  await small.context().close();
});

test('no page broke its policy of content, and none asked anybody else', () => {
  assert.equal(house.complaints, []);
});

test('the log of it all names nobody and holds no code', () => {
  assert.match(house.logged(), 'a mail was sent');
  assert.not.match(house.logged(), /sanne|joris|@|612345678|\b\d{6}\b/i);
});

function tooSmall(on: Page) {
  return on.evaluate(() => {
    const root = document.documentElement;
    const targets = document.querySelectorAll('main button, main input, main select, nav a');
    const low = [...targets].filter((one) => {
      const { height, width } = one.getBoundingClientRect();
      const own = (one as HTMLInputElement).type;
      return height > 1 && own !== 'radio' && (height < 44 || width < 44);
    });
    return { over: root.scrollWidth - root.clientWidth, low: low.map((one) => one.outerHTML) };
  });
}

/** The PDF of an order, as the guest gets it; opens the order first where a link is named. */
async function downloaded(on: Page, first?: string): Promise<Buffer> {
  if (first) await on.locator(first).first().click();
  await see('download', on);
  const coming = on.waitForEvent('download');
  await tap('download', on);
  return readFile(await (await coming).path());
}

/** What a reader finds on the pages of a PDF. */
async function codesOn(pdf: Buffer): Promise<string[]> {
  if (noReader.length > 0) return [];
  const folder = await mkdtemp(join(house.dir, 'pdf-'));
  const file = join(folder, 'tickets.pdf');
  await writeFile(file, pdf);
  await run('pdftoppm', ['-r', '150', '-png', file, join(folder, 'page')]);
  const { stdout } = await run('sh', ['-c', `zbarimg -q --raw ${folder}/page*.png || true`]);
  return stdout.split('\n').filter((line) => line !== '');
}

shop.run();
