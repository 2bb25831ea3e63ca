import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchBrowser } from '../../scripts/browser.ts';
import { buildPage, isStale } from '../../scripts/pages.ts';
import { totpCode } from '../staff/totp.ts';
import { startCloud, type WholeCloud } from '../test/whole-cloud.ts';

const SHOTS = join(import.meta.dirname, '..', '..', 'test-output');
const launched = await launchBrowser();
const login = suite('staff login');
const test = launched.browser ? login : login.skip;
if (!launched.browser) console.log(`SKIPPED staff login: ${launched.reason}`);

const PASSWORD = 'a quiet evening';
let whole: WholeCloud;
let page: Page;
let secret = '';
let recovery = '';

login.before(async () => {
  if (!launched.browser) return;
  mkdirSync(SHOTS, { recursive: true });
  if (await isStale(import.meta.dirname)) await buildPage(import.meta.dirname);
  whole = await startCloud();
  // no code ends while a slow machine types it
  whole.clock.stand();
  page = await launched.browser.newPage({ viewport: { width: 390, height: 844 }, locale: 'en' });
});
login.after(async () => {
  await launched.browser?.close();
  await whole?.stop();
});

const shot = (name: string) => page.screenshot({ path: join(SHOTS, `login-${name}.png`) });

test('an invited person joins with the QR, keeps the recovery codes and is in', async () => {
  const given = { login: 'anna', name: 'Anna de Vries', roles: ['administrator'] };
  const { invitation } = (await whole.api.call('POST', '/staff', given)).body;
  await page.goto(`${whole.api.base}/admin/#invite=${invitation}`);
  await page.getByRole('heading', { name: 'Welcome, Anna de Vries' }).waitFor();
  assert.not.match(page.url(), invitation);
  secret = await page.getByTestId('secret').innerText();
  const drawn = await page.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth);
  assert.ok(drawn > 0);
  await shot('invitation');
  await page.getByLabel('Choose a password').fill(PASSWORD);
  await page.getByLabel('Code of your authenticator').fill(totpCode(secret, whole.clock.now()));
  await page.getByRole('button', { name: 'Join' }).click();
  recovery = await page.getByTestId('recovery-codes').locator('li').first().innerText();
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByRole('heading', { name: 'Performances' }).waitFor();
});

test('a reload stays logged in, signing out ends the session', async () => {
  await page.reload();
  await page.getByRole('heading', { name: 'Performances' }).waitFor();
  assert.is(await page.evaluate(() => document.cookie), '');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Login name').waitFor();
  await page.reload();
  await page.getByLabel('Login name').waitFor();
});

test('a wrong code is refused in words, a right one lets in; in Dutch too', async () => {
  await page.getByRole('button', { name: 'NL' }).click();
  await page.getByLabel('Aanmeldnaam').fill('anna');
  await page.getByLabel('Wachtwoord').fill(PASSWORD);
  await page.getByLabel('Code van je authenticator').fill('000000');
  await page.getByTestId('sign-in').click();
  await page.getByRole('alert').getByText('horen niet bij elkaar').waitFor();
  await shot('wrong-nl');
  await page.getByLabel('Code van je authenticator').fill(recovery);
  await page.getByTestId('sign-in').click();
  await page.getByRole('heading', { name: 'Voorstellingen' }).waitFor();
  await page.getByRole('button', { name: 'Afmelden' }).click();
});

test('the token of the first administrator still signs in', async () => {
  await page.getByTestId('other-way').click();
  await page.getByTestId('token').fill(whole.api.token);
  await page.getByTestId('sign-in').click();
  await page.getByRole('heading', { name: 'Voorstellingen' }).waitFor();
});

login.run();
