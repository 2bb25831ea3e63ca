import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchBrowser } from '../../../scripts/browser.ts';
import { buildPage, isStale } from '../../../scripts/pages.ts';
import { totpCode } from '../../staff/totp.ts';
import { startCloud, type WholeCloud } from '../../test/whole-cloud.ts';

const WEB = new URL('..', import.meta.url).pathname;
const PASSWORD = 'a quiet evening';
const GATEWAYS = '**/api/v1/gateways';
const SIX_MINUTES = 360_000;
const launched = await launchBrowser();
const proving = suite('proving once more who one is');
const test = launched.browser ? proving : proving.skip;
if (!launched.browser) console.log(`SKIPPED proof: ${launched.reason}`);

let whole: WholeCloud;

proving.before(async () => {
  if (!launched.browser) return;
  if (await isStale(WEB)) await buildPage(WEB);
  whole = await startCloud();
  // no code ends while a slow machine types it
  whole.clock.stand();
});
proving.after(async () => {
  await launched.browser?.close();
  await whole?.stop();
});

test('an invitation from a computer left open waits for password and code, then goes on', async () => {
  const { api, clock } = whole;
  const page = await launched.browser!.newPage({ locale: 'en' });
  const given = { login: 'anna', name: 'Anna', roles: ['administrator'] };
  const { invitation } = (await api.call('POST', '/staff', given)).body;
  await page.goto(`${api.base}/admin/#invite=${invitation}`);
  const secret = await page.getByTestId('secret').innerText();
  await page.getByLabel('Choose a password').fill(PASSWORD);
  await page.getByLabel('Code of your authenticator').fill(totpCode(secret, clock.now()));
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByTestId('to-staff').click();
  clock.move(SIX_MINUTES);
  await page.getByLabel('Name', { exact: true }).fill('Bram');
  await page.getByLabel('Login name').fill('bram');
  await page.getByTestId('invite').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Password').fill(PASSWORD);
  await dialog.getByLabel('Code').fill('000000');
  await dialog.getByRole('button', { name: 'Prove it' }).click();
  await dialog.getByRole('alert').waitFor();
  assert.is((await api.call('GET', '/staff')).body.staff.length, 1);
  await dialog.getByLabel('Password').fill(PASSWORD);
  await dialog.getByLabel('Code').fill(totpCode(secret, clock.now()));
  // what is asked just before the proof comes with the session's secret of before
  const refused = { status: 401, json: { code: 'staff-session-needed', message: 'Log in.' } };
  await page.route(GATEWAYS, (route) => route.fulfill(refused), { times: 1 });
  const answered = page.waitForResponse((one) => one.url().endsWith('/gateways') && one.ok());
  await dialog.getByRole('button', { name: 'Prove it' }).click();
  await page.getByTestId('invitation-link').waitFor();
  await answered;
  assert.is(await page.getByTestId('invitation-link').count(), 1, 'she is still signed in');
  assert.is((await api.call('GET', '/staff')).body.staff.length, 2);
});

proving.run();
