import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchBrowser } from '../../../scripts/browser.ts';
import { buildPage, isStale } from '../../../scripts/pages.ts';
import { type MollieServer, startMollie } from '../../payments/test/mollie-server.ts';
import { startCloud, type WholeCloud } from '../../test/whole-cloud.ts';
import { localText } from './local-time.ts';
import { need, type Office, PHONE, showOffice, verifiedGuest } from './test/office.ts';

const SHOP = join(import.meta.dirname, '..', 'shop');
const DESK = { width: 1280, height: 900 };
const DAY_MS = 86_400_000;
const PICTURE = join(import.meta.dirname, '..', '..', '..', 'docs', 'shop.png');

const launched = await launchBrowser();
const programme = suite('pages of programme and sale');
const test = launched.browser ? programme : programme.skip;
if (!launched.browser) console.log(`SKIPPED programme: ${launched.reason}`);

let cloud: WholeCloud;
let mollie: MollieServer;
let office: Office;
let guest: Page;
let hamlet: string;

programme.before(async () => {
  if (!launched.browser) return;
  if (await isStale(SHOP)) await buildPage(SHOP);
  mollie = await startMollie();
  cloud = await startCloud({ demonstration: true, mollie: mollie.address });
  office = await showOffice(launched.browser, cloud.api, cloud.dir, cloud.stop);
  await office.page.setViewportSize(DESK);
  guest = await (await launched.browser.newContext({ locale: 'en-GB' })).newPage();
});
programme.after(async () => {
  await launched.browser?.close();
  await office?.stop();
  await mollie?.stop();
});

interface Drawn {
  readonly row: string;
  readonly number: string;
  readonly rank: string;
}

const inDays = (days: number) => cloud.clock.now() + days * DAY_MS;
const section = (name: string | RegExp) => office.page.getByRole('region', { name });
const saved = (name: string) => section(name).getByText('Saved.').waitFor();

test('a hall is made of rows from–to, in ranks, with aisles and places for wheelchairs', async () => {
  const { page, api } = office;
  await office.open('halls');
  await page.getByTestId('new-hall').click();
  await page.getByTestId('hall-name').fill('Grote zaal');
  await page.getByLabel('Rank 1').fill('Parterre');
  await page.getByTestId('add-rank').click();
  await page.getByLabel('Rank 2').fill('Balkon');
  const rows = page.getByTestId('rows');
  await rows.first().getByLabel('Seat to').fill('14');
  await rows.first().getByLabel('Aisle after seat').fill('7');
  await page.getByTestId('add-rows').click();
  await rows.last().getByLabel('Row from').fill('F');
  await page.getByTestId('rows-fault').getByText('Rows 2').waitFor();
  assert.ok(await page.getByTestId('make-hall').isDisabled());
  await rows.last().getByLabel('Row from').fill('G');
  await rows.last().getByLabel('Row to').fill('H');
  await rows.last().getByLabel('Rank', { exact: true }).selectOption('Balkon');
  await page.getByRole('button', { name: 'Row A, seat 1: ordinary' }).click();
  await page.getByTestId('seat-count').getByText('124 seats').waitFor();
  await office.shot('new-hall');
  await page.getByTestId('make-hall').click();
  await page.getByTestId('remove-hall').waitFor();
  const { halls } = need(await api.call('GET', '/halls'), 200);
  assert.equal([halls[0].name, halls[0].seats], ['Grote zaal', 124]);
});

test('P7: a performance in that hall gets prices, a surcharge and an extra, and is sold', async () => {
  const { page, api } = office;
  await office.open('today');
  await page.getByTestId('new-performance').click();
  await page.getByLabel('Title').fill('Hamlet');
  await page.getByLabel('Hall', { exact: true }).fill('Grote zaal');
  await page.getByText('124 seats of this hall').waitFor();
  await page.getByLabel('Starts').fill(localText(inDays(5)));
  await page.getByTestId('make-performance').click();
  await page.getByTestId('performances').getByText('Hamlet').waitFor();
  await office.open('performances');
  await page.getByTestId('selling').getByText('Hamlet').click();
  hamlet = /performances\/(\w+)/.exec(page.url())?.[1] ?? '';
  await page.getByTestId('add-type').click();
  const types = page.getByTestId('ticket-types');
  await types.getByLabel('Ticket type').fill('Adult');
  await types.getByLabel('Price Parterre').fill('30');
  await types.getByLabel('Price Balkon').fill('20,5');
  await page.getByTestId('save-types').click();
  await saved('Ticket types and prices');
  await page.getByTestId('add-surcharge').click();
  const surcharges = page.getByTestId('surcharges');
  await surcharges.getByLabel('Name').fill('Cloakroom');
  await surcharges.getByLabel('Amount').fill('1,50');
  await page.getByTestId('save-surcharges').click();
  await saved('Surcharges and discounts');
  await page.getByTestId('add-extra').click();
  const extras = page.getByTestId('extras');
  await extras.getByLabel('Name').fill('Programme booklet');
  await extras.getByLabel('Price').fill('4');
  await page.getByTestId('save-extras').click();
  await saved('Sold along');
  await page.getByTestId('open-sale').check();
  await page.getByTestId('save-sale').click();
  await saved('Sale');
  await guest.goto(`${api.base}/shop/performances/${hamlet}`);
  await guest.getByText('€30.00').first().waitFor();
  await guest.getByText('Cloakroom').waitFor();
  const shown = need(await api.call('GET', `/performances/${hamlet}/extras`), 200).extras;
  assert.equal([shown[0].name, shown[0].cents, shown[0].stock], ['Programme booklet', 400, null]);
});

test('P7: a planned price holds in the shop from its moment on, by itself', async () => {
  const { page } = office;
  await page.getByTestId('add-plan').click();
  await page.getByTestId('plan-from').fill(localText(inDays(-1)));
  await page.getByLabel('Planned prices Adult Parterre').fill('35');
  await page.getByTestId('save-types').click();
  await section('Ticket types').getByText('later than now').waitFor();
  await page.getByTestId('plan-from').fill(localText(inDays(1)));
  await page.getByTestId('save-types').click();
  await saved('Ticket types and prices');
  assert.is(await page.getByLabel('Planned prices Adult Parterre').inputValue(), '35.00');
  await office.shot('performance-prices');
  await guest.reload();
  await guest.getByText('€30.00').first().waitFor();
  cloud.clock.move(DAY_MS);
  await guest.reload();
  await guest.getByText('€35.00').first().waitFor();
  assert.is(await guest.getByText('€30.00').count(), 0);
  await guest.getByText('€20.50').first().waitFor();
});

test('P6: a performance is duplicated, and a series makes several at once', async () => {
  const { page, api } = office;
  await page.getByTestId('copy-starts').fill(localText(inDays(8)));
  await page.getByTestId('duplicate').click();
  await page.getByTestId('copy').waitFor();
  await office.open('series');
  await page.getByTestId('series-name').fill('Season');
  await page.getByTestId('series-performance').selectOption(hamlet);
  await page.getByTestId('begin-series').click();
  await page.getByTestId('series-starts').fill(localText(inDays(9)));
  await page.getByTestId('another').click();
  await page
    .getByTestId('series-starts')
    .last()
    .fill(localText(inDays(10)));
  await page.getByTestId('make-performances').click();
  await page.getByText('2 made.').waitFor();
  await office.shot('series');
  const { series } = need(await api.call('GET', '/series'), 200);
  assert.is(series[0].performances, 3);
  const whole = need(await api.call('GET', `/series/${series[0].id}`), 200);
  const made = whole.performances.at(-1);
  assert.is(made.open, false);
  const { types } = need(await api.call('GET', `/performances/${made.id}/ticket-types`), 200);
  assert.is(types[0].name, 'Adult');
});

test('an error of the API is said in Dutch on a Dutch page, and nothing typed is lost', async () => {
  const { page } = office;
  await page.getByRole('button', { name: 'NL', exact: true }).click();
  await page.getByTestId('series-name').fill('Season');
  await page.getByTestId('series-performance').selectOption(hamlet);
  await page.getByTestId('begin-series').click();
  await page.getByTestId('failed').getByText('Er is al een serie Season.').waitFor();
  assert.is(await page.getByTestId('series-name').inputValue(), 'Season');
  await page.getByRole('button', { name: 'EN', exact: true }).click();
});

test('a hall on sale is renamed and grows; a seat that is taken stays, and the page says which', async () => {
  const { page, api } = office;
  const { plan } = need(await api.call('GET', `/performances/${hamlet}/sale`), 200);
  const { seats } = need(await api.call('GET', `/halls/${plan}`), 200);
  const taken = seats.find(({ row, number }: Drawn) => row === 'A' && number === '2').id;
  const block = { seats: [taken], kind: 'good', reason: 'camera', value: 0 };
  need(await api.call('POST', `/performances/${hamlet}/blocks`, block), 201);
  await office.open('halls');
  await page.getByTestId('halls').getByText('Grote zaal').click();
  await page.getByTestId('change-hall').click();
  await page.getByTestId('hall-name').fill('De Kade');
  for (const was of ['ordinary', 'wheelchair', 'companion']) {
    await page.getByRole('button', { name: `Row A, seat 2: ${was}` }).click();
  }
  await page.getByTestId('make-hall').click();
  await page.getByTestId('failed').getByText('they stay as they are: A 2.').waitFor();
  await page.getByRole('button', { name: 'Row A, seat 2: taken out' }).click();
  await page.getByTestId('add-rank').click();
  await page.getByLabel('Rank 3').fill('Bak');
  await page.getByTestId('add-rows').click();
  const rows = page.getByTestId('rows');
  await rows.getByLabel('Row from').fill('Bak');
  await rows.getByLabel('Row to').fill('');
  await rows.getByLabel('Seat to').fill('6');
  await rows.getByLabel('Rank', { exact: true }).selectOption('Bak');
  await page.getByTestId('rows-front').check();
  await page.getByTestId('tap').selectOption({ label: 'puts it into Balkon' });
  await page.getByRole('button', { name: 'Row F, seat 1: ordinary' }).click();
  await page.getByTestId('seat-count').getByText('130 seats').waitFor();
  await office.shot('change-hall');
  await page.getByTestId('make-hall').click();
  await page.getByTestId('said').getByText('The hall is saved.').waitFor();
  await page.getByTestId('halls').getByText('De Kade').waitFor();
  const hall = need(await api.call('GET', `/halls/${plan}`), 200);
  const [front] = hall.seats as Drawn[];
  assert.equal([front?.row, front?.rank, hall.seats.length], ['Bak', 'bak', 130]);
  const moved = hall.seats.find(({ row, number }: Drawn) => row === 'F' && number === '1');
  assert.is(moved.rank, 'balkon');
});

test('Mollie: a key is set, a test payment is made, and the page sees the webhook come', async () => {
  const { page } = office;
  await office.open('payments');
  await page.getByTestId('pays').getByText('no money moves').waitFor();
  await page.getByTestId('mollie-key').fill('test_short');
  await page.getByTestId('save-key').click();
  assert.is(await page.getByTestId('trial').count(), 0);
  await page.getByTestId('mollie-key').fill('test_abcdefghijklmnopqrstuvwxyz');
  await page.getByTestId('save-key').click();
  await page.getByTestId('pays').getByText('through Mollie').waitFor();
  mollie.isDown = true;
  await page.getByTestId('trial').click();
  await page.getByTestId('trial-refused').getByText('Service Unavailable').waitFor();
  mollie.isDown = false;
  await page.getByTestId('trial').click();
  await page.getByTestId('trial-state').getByText('the key is right').waitFor();
  const [id = ''] = mollie.payments.keys();
  mollie.turn(id, 'paid');
  assert.is(await mollie.tell(id), 200);
  await page.getByTestId('trial-look').click();
  await page.getByTestId('trial-state').getByText('the test payment was told').waitFor();
  await page.getByTestId('webhook').getByText('last heard').waitFor();
  await office.shot('payments');
  assert.not.match(await page.content(), 'abcdefghij');
  await page.getByTestId('test-payments').check();
  await page.getByTestId('pays').getByText('no money moves').waitFor();
});

test('P4: the token of a kiosk is shown once, and the kiosk is shut out when it is withdrawn', async () => {
  const { page, api } = office;
  await office.open('kiosks');
  await page.getByTestId('kiosk-name').fill('Foyer');
  await page.getByTestId('make-kiosk').click();
  const token = await page.getByTestId('kiosk-token').innerText();
  const asKiosk = () =>
    fetch(`${api.base}/shop/api/v1/performances`, { headers: { 'x-channel': token } });
  assert.is((await asKiosk()).status, 200);
  await office.shot('kiosks');
  await office.open('payments');
  await office.open('kiosks');
  await page.getByTestId('kiosks').getByText('Foyer').waitFor();
  assert.not.match(await page.content(), token);
  page.once('dialog', (dialog) => void dialog.accept());
  await page.getByTestId('kiosks').getByRole('button').click();
  await page.getByText('No kiosks yet.').waitFor();
  assert.is((await asKiosk()).status, 401);
});

test('G1, S10: a guest is found with a lock, and the limit of numbers is lifted with a reason', async () => {
  const { page, api } = office;
  await verifiedGuest(api, 'sanne@example.org', '0612345678');
  await office.open('guests');
  await page.getByTestId('guest-text').fill('sanne');
  await page.getByTestId('find-guest').click();
  await page.getByTestId('found-guests').getByTestId('lock').waitFor();
  await page.getByTestId('found-guests').getByRole('link').click();
  await page.getByTestId('numbers').getByText('1 of 3 verified').waitFor();
  await page.getByTestId('lift-reason').fill('new phone after theft');
  await page.getByTestId('lift').click();
  await page.getByTestId('numbers').getByText('0 of 3 verified').waitFor();
  await office.shot('guest');
  await office.open('audit');
  await page.getByTestId('audit').getByText('guest-phone-limit-lifted').waitFor();
  await page.getByTestId('audit').getByText('new phone after theft').waitFor();
  await page.getByTestId('audit').getByText('name: Grote zaal → De Kade').waitFor();
  await page.getByTestId('audit').getByText('kiosk-withdrawn').waitFor();
});

test('S4: a background of secure tickets is uploaded and seen; another file is refused', async () => {
  const { page } = office;
  assert.ok(existsSync(PICTURE));
  await office.open('backgrounds');
  await page.getByTestId('upload-secure').setInputFiles(PICTURE);
  await page.getByTestId('background-secure').getByRole('img', { name: 'Secure ticket' }).waitFor();
  const text = { name: 'a.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') };
  await page.getByTestId('upload-standard').setInputFiles(text);
  await page.getByTestId('failed').getByText('PNG or JPEG').waitFor();
  await office.shot('backgrounds');
});

test('all of these pages fit a phone in Dutch and complain of nothing', async () => {
  const { page } = office;
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: 'NL', exact: true }).click();
  const names = ['guests', 'series', 'halls', 'surcharges', 'payments', 'kiosks', 'backgrounds'];
  for (const name of [...names, 'performances']) {
    await office.open(name);
    if (name === 'halls') await page.getByTestId('new-hall').click();
    if (name === 'performances') {
      await page.getByTestId('selling').getByText('Hamlet').last().click();
      await page.getByTestId('extras').waitFor();
    }
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    await page.waitForLoadState('networkidle');
    assert.is(await office.overflow(), 0, name);
    if (name === 'halls') {
      await page.getByTestId('halls').getByText('De Kade').click();
      await page.getByTestId('change-hall').click();
      await page.getByTestId('hall-map').waitFor();
      assert.is(await office.overflow(), 0, 'a hall that is changed');
    }
    if (['halls', 'payments', 'performances'].includes(name)) await office.shot(`phone-${name}`);
  }
  await page.getByTestId('menu').click();
  await office.shot('phone-menu');
  assert.is(await office.overflow(), 0);
  assert.equal(office.complaints, []);
});

programme.run();
