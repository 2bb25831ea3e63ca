import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingBrowser } from '../../../scripts/browser.ts';
import { freePort } from '../../../scripts/free-port.ts';
import { misfits, seriousFindings, settled } from '../test/axe.ts';
import { PHONE, type ShopHouse, startShopHouse } from './test/shop-house.ts';

const SANNE = 'sanne@example.org';
const missing = await missingBrowser();
const access = suite('the shop for everybody');
const test = missing ? access.skip : access;
if (missing) console.log(`SKIPPED shop for everybody: ${missing}`);

let house: ShopHouse;
let page: Page;

access.before(async () => {
  if (missing) return;
  house = await startShopHouse(await freePort());
  page = await house.guest({ ...PHONE, viewport: { width: 360, height: 640 } });
});
access.after(() => house?.stop());

const see = (id: string) => page.getByTestId(id).first().waitFor();
const tap = (id: string) => page.getByTestId(id).first().click();

/** Asserts that everybody can use what the page shows, in both languages, in light and dark. */
async function usable(name: string): Promise<void> {
  for (const [language, colorScheme] of [
    ['nl', 'dark'],
    ['en', 'light'],
  ] as const) {
    await page.getByRole('combobox').first().selectOption(language);
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[lang=${language}]`).waitFor();
    await settled(page);
    assert.equal(await seriousFindings(page), [], `${name} ${language} ${colorScheme}`);
    assert.is((await misfits(page, 0)).over, 0, `${name} ${language}`);
  }
}

async function open(path: string): Promise<void> {
  await page.goto(`${house.base}/shop/${path}`);
  await page.locator('h1').first().waitFor();
}

test('axe finds nothing serious where a guest looks around and logs in', async () => {
  const { secure, free, gone } = house.shows;
  for (const path of ['', `performances/${secure}`, `performances/${gone}`, 'basket', 'login']) {
    await open(path);
    await usable(path || 'programme');
  }
  await open(`performances/${free}`);
  await see('choose');
  await usable('choosing');
});

test('axe finds nothing serious in an account, before and after its number is verified', async () => {
  await open(`performances/${house.shows.secure}`);
  await page.getByText('I am new here').click();
  await page.getByTestId('email').fill(SANNE);
  await page.getByTestId('password').fill('seagulls over the quay');
  await usable('registration');
  await tap('log-in');
  await see('mail-sent');
  await usable('mail sent');
  await page.goto(await house.mailedLink(SANNE));
  await see('phone');
  await usable('unverified');
  await page.getByTestId('phone').fill('06 12 34 56 78');
  await tap('send-code');
  await see('code');
  await usable('code');
  await page.getByTestId('code').fill(await house.smsCode());
  await tap('verify');
  await see('choose');
  await page.getByText('Choose seats').click();
  await see('map');
  await usable('seats');
});

test('axe finds nothing serious from basket to order and in the account', async () => {
  await open(`performances/${house.shows.secure}`);
  await tap('more');
  await tap('hold');
  await see('basket');
  await usable('basket');
  await page.getByTestId('name').fill('Sanne de Boer');
  await tap('pay');
  await see('test-payment');
  await usable('payment');
  await tap('outcome-paid');
  await page.locator('[data-testid=order][data-state=confirmed]').waitFor();
  await usable('order');
  await open('account');
  await usable('account');
});

access.run();
