import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingBrowser } from '../../../scripts/browser.ts';
import { type MollieServer, startMollie } from '../../payments/test/mollie-server.ts';
import { type ShopHouse, startShopHouse } from './test/shop-house.ts';

const KEY = 'test_abcdefghijklmnopqrstuvwxyz';
const missing = await missingBrowser();
const paying = suite('paying through Mollie in a browser');
const test = missing ? paying.skip : paying;
if (missing) console.log(`SKIPPED paying: ${missing}`);

let mollie: MollieServer;
let house: ShopHouse;
let page: Page;

paying.before(async () => {
  if (missing) return;
  mollie = await startMollie();
  house = await startShopHouse(0, { mollie: mollie.address });
  await house.api.call('PUT', '/payments/settings', { mollieKey: KEY });
  page = await house.guest();
  // Mollie's own page: a button that leads back, as the guest's bank does.
  await page.route('https://www.mollie.com/**', (route) => {
    const id = route.request().url().split('/').at(-1) ?? '';
    const back = mollie.payments.get(id)?.redirectUrl;
    const contentType = 'text/html';
    return route.fulfill({ contentType, body: `<a href="${back}">Back to the theatre</a>` });
  });
});
paying.after(async () => {
  await house?.stop();
  await mollie?.stop();
});

const state = (name: string) => page.locator(`[data-testid=order][data-state=${name}]`).waitFor();
const newest = () => [...mollie.payments.keys()].at(-1) as string;

async function order(): Promise<void> {
  await page.goto(`${house.base}/shop/performances/${house.shows.free}`);
  await page.getByTestId('more').first().click();
  await page.getByTestId('hold').click();
  await page.getByTestId('name').fill('Joris Maas');
  await page.getByTestId('order-email').fill('joris@example.org');
  await page.getByTestId('pay').click();
  await page.getByText('Back to the theatre').waitFor();
}

test('a guest who is back before Mollie’s word waits, and sees the order by itself', async () => {
  await order();
  await page.getByText('Back to the theatre').click();
  await state('awaiting-payment');
  assert.match(await page.getByTestId('order').innerText(), 'waiting for word of your payment');
  mollie.turn(newest(), 'paid');
  assert.is(await mollie.tell(newest()), 200);
  await state('confirmed');
});

test('nothing is marked as a demonstration where money moves', async () => {
  assert.is(await page.getByText('Demonstration').count(), 0);
});

test('who cancels at Mollie can pay again, or give the order up', async () => {
  await order();
  mollie.turn(newest(), 'canceled');
  await mollie.tell(newest());
  await page.getByText('Back to the theatre').click();
  await state('awaiting-payment');
  await page.getByText('This order is not paid yet').waitFor();
  const said = () => page.getByTestId('order').innerText();
  assert.match(await said(), 'The payment was cancelled. Nothing has been paid');
  await page.reload();
  await page.getByText('The payment was cancelled').waitFor();
  const first = newest();
  await page.getByTestId('pay-now').click();
  await page.getByText('Back to the theatre').click();
  await state('awaiting-payment');
  assert.is.not(newest(), first, 'another payment');
  await page.getByText('waiting for word of your payment').waitFor();
  await page.getByTestId('give-up').click();
  await state('cancelled');
});

test('a guest pays an option of the box office, and sees by itself that the payment has come', async () => {
  const { api, base } = house;
  const email = 'kim@example.org';
  await page.request.post(`${base}/account/api/v1/login-link`, { data: { email, language: 'en' } });
  const link = (await house.mailedLink(email)).split('#')[1];
  await page.request.post(`${base}/account/api/v1/links/use`, { data: { link } });
  const { guests } = (await api.call('GET', '/guests?search=kim')).body;
  const { free } = house.shows;
  const { types } = (await api.call('GET', `/performances/${free}/ticket-types`)).body;
  const booking = {
    ...{ key: 'option-of-kim', name: 'Kim Bos', account: guests[0].id, paid: false },
    places: { performance: free, tickets: [{ type: types[0].id, count: 1 }] },
  };
  const { status, body } = await api.call('POST', '/orders', booking);
  assert.is(status, 201, JSON.stringify(body));
  await page.goto(`${base}/shop/orders/${body.id}`);
  await state('option');
  await page.getByTestId('pay-now').click();
  await page.getByText('Back to the theatre').click();
  await state('option');
  mollie.turn(newest(), 'paid');
  assert.is(await mollie.tell(newest()), 200);
  await state('confirmed');
});

test('with Mollie out of reach the order stands, and the guest is told to try again', async () => {
  mollie.isDown = true;
  await page.goto(`${house.base}/shop/performances/${house.shows.free}`);
  await page.getByTestId('more').first().click();
  await page.getByTestId('hold').click();
  await page.getByTestId('name').fill('Joris Maas');
  await page.getByTestId('order-email').fill('joris@example.org');
  await page.getByTestId('pay').click();
  await state('awaiting-payment');
  assert.match(await page.getByTestId('fault').innerText(), 'not possible right now');
  mollie.isDown = false;
  await page.getByTestId('pay-now').click();
  await page.getByText('Back to the theatre').waitFor();
});

paying.run();
