import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchBrowser } from '../../../scripts/browser.ts';
import { enrol } from '../../test/api.ts';
import { need, type Office, PHONE, secureShow, startOffice, verifiedGuest } from './test/office.ts';

const launched = await launchBrowser();
const desk = suite('pages of the box office');
const test = launched.browser ? desk : desk.skip;
if (!launched.browser) console.log(`SKIPPED box office: ${launched.reason}`);

let office: Office;
let show: string;
let verified: string;

desk.before(async () => {
  if (!launched.browser) return;
  office = await startOffice(launched.browser, { demonstration: true });
  show = await secureShow(office.api);
  await verifiedGuest(office.api, 'sanne@example.org', '0612345678');
  await enrol(office.api, join(office.dir, 'gateway'), { name: 'North' });
  await office.page.reload();
});
desk.after(async () => {
  await launched.browser?.close();
  await office?.stop();
});

async function book(count: string, name: string): Promise<void> {
  const { page } = office;
  await office.open('orders');
  await page.getByTestId('new-booking').click();
  await page
    .getByTestId('booking-types')
    .getByLabel(/Regular/)
    .fill(count);
  if (name !== '') await page.getByTestId('booking-name').fill(name);
}

const orderOf = async () => {
  const id = /#\/orders\/(\w+)/.exec(office.page.url())?.[1];
  return need(await office.api.call('GET', `/orders/${id}`), 200);
};

test('B1: a verified guest gets secure tickets on the verified number, and lists show locks', async () => {
  const { page } = office;
  await book('2', '');
  await page.getByTestId('booking-kind').getByText('Regular tickets with an ordinary').waitFor();
  await page.getByTestId('guest-search').fill('sanne');
  await page.getByTestId('guest-search').press('Enter');
  await page.getByTestId('guests').getByRole('button').click();
  await page.getByTestId('guest').getByLabel('Verified guest').waitFor();
  await page.getByTestId('booking-kind').getByText('on the guest’s verified number').waitFor();
  await page.getByTestId('booking-name').fill('Sanne de Boer');
  await office.shot('booking');
  await page.getByTestId('book').click();
  await page.getByTestId('order-state').getByText('confirmed').waitFor();
  await page.getByTestId('items').getByTestId('lock').nth(1).waitFor();
  const order = await orderOf();
  assert.equal(
    order.items.map((item: { secure: boolean }) => item.secure),
    [true, true],
  );
  verified = order.number;
});

test('B1: a walk-in gets regular tickets on seats of the map, with a reason', async () => {
  const { page } = office;
  await book('2', 'Walk In');
  await page.getByLabel('choose seats').check();
  const map = page.getByTestId('seat-map');
  const sold = map.getByRole('button', { name: /: sold$/ });
  assert.is(await sold.count(), 2);
  await map.getByRole('button', { name: 'Row D, seat 4: free' }).click();
  assert.ok(await page.getByTestId('book').isDisabled());
  await map.getByRole('button', { name: 'Row D, seat 5: free' }).click();
  await page.getByTestId('booking-reason').fill('no phone with them');
  await office.shot('booking-seats');
  await page.getByTestId('book').click();
  await page.getByTestId('order-state').getByText('confirmed').waitFor();
  const order = await orderOf();
  assert.equal(
    order.items.map((item: { secure: boolean }) => item.secure),
    [false, false],
  );
});

test('an order is found by number, name, e-mail and phone', async () => {
  const { page } = office;
  for (const text of [verified, 'sanne', 'sanne@example.org', '0612345678']) {
    await page.getByTestId('search').fill(text);
    await page.getByTestId('find').click();
    await page.getByTestId('found').getByText('Sanne de Boer').waitFor();
  }
  await page.getByTestId('found').getByTestId('lock').waitFor();
  await page.getByTestId('found').getByRole('button').first().click();
  await page.getByTestId('order').getByText(verified).waitFor();
});

test('B2: what becomes of a ticket is said before, and hard copy makes it regular', async () => {
  const { page } = office;
  const first = page.getByTestId('item').first();
  await first.getByTestId('deliver').click();
  await first.getByTestId('effect').getByText('stays secure and unchanged').waitFor();
  await first.getByLabel('print on hard copy').check();
  await first.getByTestId('effect').getByText('cannot be undone').waitFor();
  await first.getByTestId('deliver-sure').click();
  assert.is(await first.getByTestId('paper-code').count(), 0);
  await first.getByLabel('Reason').fill('phone is broken');
  await office.shot('deliver');
  await first.getByTestId('deliver-sure').click();
  await first.getByTestId('paper-code').waitFor();
  await first.getByText('regular', { exact: true }).waitFor();
  await first.getByTestId('effect').getByText('new code').waitFor();
  const { body } = await office.api.call('GET', `/performances/${show}/share`);
  assert.equal(body, { tickets: 4, regular: 3 });
});

test('B11: at the door, on a phone, one tap makes a ticket regular and shows its code', async () => {
  const { page } = office;
  await page.setViewportSize(PHONE);
  await office.open('door');
  await page.getByTestId('door-lane').selectOption({ index: 1 });
  await page.getByTestId('search').fill('sanne');
  await page.getByTestId('find').click();
  await page.getByTestId('found').getByRole('button').first().click();
  const rescue = page.getByTestId('rescue').last();
  await rescue.waitFor();
  assert.ok(await rescue.isDisabled());
  await page.getByTestId('identity').check();
  await office.shot('phone-door');
  await rescue.click();
  await page.getByTestId('rescued').locator('canvas').waitFor();
  await office.shot('phone-door-code');
  assert.is(await office.overflow(), 0);
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('S7: a sale-until before the start asks for a confirmation that names the moment', async () => {
  const { page, api } = office;
  await office.open('performances');
  await page.getByTestId('selling').getByText('Hamlet').click();
  await page.getByTestId('share').getByText('4 of 4 are regular (100 %)').waitFor();
  const { starts } = need(await api.call('GET', `/performances/${show}`), 200);
  const early = new Date(starts - 20 * 60_000 - new Date().getTimezoneOffset() * 60_000);
  await page.getByTestId('sale-until').fill(early.toISOString().slice(0, 16));
  await page.getByTestId('sale-until-ask').getByText('takes ticket and code').waitFor();
  await page.getByTestId('save-sale').click();
  await office.shot('sale-until');
  let sale = need(await api.call('GET', `/performances/${show}/sale`), 200);
  assert.is(sale.saleUntil, null);
  await page.getByTestId('sale-until-ask').getByRole('checkbox').check();
  await page.getByTestId('save-sale').click();
  await page.getByRole('region', { name: 'Sale', exact: true }).getByText('Saved.').waitFor();
  sale = need(await api.call('GET', `/performances/${show}/sale`), 200);
  assert.ok(sale.saleUntil < starts);
  await page.getByTestId('sale-until').fill('');
  await page.getByTestId('save-sale').click();
});

test('M1: a template is previewed with the order that has this number', async () => {
  const path = '/templates/order-confirmation/en/preview';
  const { mail } = need(await office.api.call('POST', path, { order: verified }), 200);
  assert.match(mail.html, 'Sanne de Boer');
  assert.match(mail.html, 'Hamlet');
});

test('an option is paid at the desk, and then no longer waits', async () => {
  const { page, api } = office;
  const { types } = need(await api.call('GET', `/performances/${show}/ticket-types`), 200);
  const booking = {
    ...{ key: 'option-to-be-paid', name: 'Kim Option', paid: false, reason: 'walk-in' },
    places: { performance: show, tickets: [{ type: types[0].id, count: 1 }] },
  };
  const { id } = need(await api.call('POST', '/orders', booking), 201);
  const before = page.url();
  await page.goto(`${api.base}/admin/#/orders/${id}`);
  page.once('dialog', (dialog) => void dialog.accept());
  await page.getByTestId('paid-at-desk').click();
  await page.getByTestId('order-state').getByText('confirmed').waitFor();
  assert.is(await page.getByTestId('paid-at-desk').count(), 0);
  await page.goto(before);
});

test('S13, S14, P9: offline policy, windows of the portal, prices and blocks are set', async () => {
  const { page, api } = office;
  await page.getByLabel('Secure tickets where the cloud').selectOption('verify');
  await page.getByText('may both admit one ticket').waitFor();
  await page.getByTestId('title').fill('Hamlet, Prince');
  await page.getByLabel('A phone that had no network').selectOption('staff');
  await page.getByText('People at the lane decide.').waitFor();
  await page.getByTestId('save-admission').click();
  await page.getByRole('region', { name: 'Prince: Admission' }).getByText('Saved.').waitFor();
  const listed = page.getByTestId('selling').getByTestId('without-cloud');
  await listed.getByText('offline: gateways check').waitFor();
  await page.getByLabel('Portal lists tickets').fill('180');
  await page.getByTestId('save-sale').click();
  await page.getByRole('region', { name: 'Sale', exact: true }).getByText('Saved.').waitFor();
  const types = page.getByTestId('ticket-types');
  await types.getByLabel('Price Balkon').first().fill('25,50');
  await page.getByTestId('save-types').click();
  await page.getByRole('region', { name: 'Ticket types' }).getByText('Saved.').waitFor();
  await page.getByRole('button', { name: 'Row C, seat 1: free' }).click();
  const blocks = page.getByRole('region', { name: 'Blocked seats' });
  await blocks.getByLabel('Reason').fill('camera');
  await page.getByTestId('block').click();
  await page.getByTestId('blocks').getByText('C 1').waitFor();
  await office.shot('performance');
  const { offline, stalePhone } = need(await api.call('GET', `/performances/${show}`), 200);
  assert.equal([offline, stalePhone], ['verify', 'staff']);
  const sale = need(await api.call('GET', `/performances/${show}/sale`), 200);
  assert.is(sale.listBeforeMinutes, 180);
  const put = need(await api.call('GET', `/performances/${show}/ticket-types`), 200);
  const cents = put.types[0].prices.map((price: { cents: number }) => price.cents);
  assert.equal(cents.toSorted(), [2_550, 3_250]);
});

test('B3: all tickets are delivered again as a job that says what it skipped', async () => {
  const { page } = office;
  const bulk = page.getByRole('region', { name: 'Deliver all tickets again' });
  await bulk.getByLabel('Reason').fill('new house rules');
  page.once('dialog', (dialog) => void dialog.accept());
  await page.getByTestId('bulk').click();
  await page.getByTestId('job').getByText('done').waitFor();
  await page.getByTestId('job').getByText('5 delivered, 0 skipped, of 5').waitFor();
});

test('B6: an order is refunded only after the amount was shown', async () => {
  const { page } = office;
  await office.open('orders');
  await page.getByTestId('search').fill('walk in');
  await page.getByTestId('find').click();
  await page.getByTestId('found').getByRole('button').first().click();
  await page.getByTestId('end-order').click();
  await page.getByText('€49.00 is paid back').waitFor();
  const tick = page.getByTestId('refund-items').getByRole('checkbox');
  await tick.first().uncheck();
  await page.getByText('€24.50 is paid back').waitFor();
  await page.getByLabel('Reason').fill('one of them is ill');
  await page.getByTestId('end-sure').click();
  await page.getByTestId('item').getByText('refunded').waitFor();
  await page.getByTestId('order-state').getByText('confirmed').waitFor();
  await page.getByText('What happened').click();
  await page.getByText('some tickets refunded').waitFor();
  await page.getByTestId('end-order').click();
  await page.getByText('€24.50 is paid back').waitFor();
  await page.getByLabel('Reason').fill('cancelled by the guest');
  await page.getByTestId('end-sure').click();
  await page.getByTestId('order-state').getByText('refunded').waitFor();
  await office.shot('refunded');
});

test('these pages fit a phone in Dutch and complain of nothing', async () => {
  const { page } = office;
  await page.getByRole('button', { name: 'NL' }).click();
  await page.setViewportSize(PHONE);
  await office.shot('phone-order');
  assert.is(await office.overflow(), 0);
  await page.getByTestId('new-booking').click();
  await page.getByTestId('booking-types').waitFor();
  await office.shot('phone-booking');
  assert.is(await office.overflow(), 0);
  await office.open('performances');
  await page.getByTestId('selling').getByText('Hamlet').click();
  await page.getByTestId('blocks').waitFor();
  await office.shot('phone-performance');
  assert.is(await office.overflow(), 0);
  assert.equal(office.complaints, []);
});

desk.run();
