import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingBrowser } from '../scripts/browser.ts';
import {
  DESKTOP,
  DEVICE_PIN,
  type FleetHouse,
  PHONE,
  startFleetHouse,
  until,
} from './test/fleet-house.ts';

/** The whole way of a device: from an empty disk to an entrance with a handheld, and out again. */
const HOUR = 3_600_000;
/** The code stays before the camera until it is read. */
const HELD_MS = 20_000;
const PEOPLE = {
  steward: { name: 'Noor', code: '10', role: 'steward', pin: '314159' },
  lead: { name: 'Ravi', code: '20', role: 'lead', pin: '271828' },
};

const TYPED = {
  ...{ name: 'Typed door', venue: 'kade', entrance: 'side', language: 'en', halls: [], uses: 1 },
  lanes: [{ name: 'Side', direction: 'entry', staffed: false }],
  expires: Date.now() + HOUR,
};

const missing = await missingBrowser();
const way = suite('the way of a device');
if (missing) console.log(`SKIPPED the way of a device: ${missing}`);
let broken = false;

/** Each goes on where the one before stopped, and is of no use after one that failed. */
function test(name: string, run: () => Promise<void>): void {
  const add = missing ? way.skip : way;
  add(name, async () => {
    assert.not(broken, 'a step before it failed');
    broken = true;
    await run();
    broken = false;
  });
}

let house: FleetHouse;
let admin: Page;
let technician: Page;
let hand: Page;
let tickets: string[] = [];

way.before(async () => {
  if (missing) return;
  house = await startFleetHouse();
  tickets = await sellTickets();
  admin = await house.page(DESKTOP);
  await admin.goto(`${house.admin}#token=${house.token}`);
});
way.after(async () => {
  await house?.stop();
  if (house) assert.equal(house.complaints, []);
});

async function sellTickets(): Promise<string[]> {
  const { id: production } = await house.call('POST', '/productions', { title: 'The Seagull' });
  const times = { starts: Date.now() + HOUR / 2, secure: false };
  const { id } = await house.call('POST', '/performances', { production, hall: 'Main', ...times });
  const one = async () => (await house.call('POST', `/performances/${id}/tickets`, {})).code;
  return [await one(), await one()];
}

const tap = (id: string, on: Page) => on.getByTestId(id).first().click();
const see = (id: string, on: Page) => on.getByTestId(id).first().waitFor();
const card = () => admin.getByTestId('gateway');
const lane = (state: string) =>
  admin.locator(`[data-testid=lane][data-state=${state}]`).first().waitFor();
const row = async () => (await house.call('GET', '/gateways')).gateways[0];
const answered = (verdict: string) =>
  hand.locator(`[data-testid=answer][data-verdict=${verdict}]`).waitFor();

/** Within five seconds the answer is another one, and a busy machine may be slower. */
const refusedAgain = () =>
  hand
    .locator('[data-testid=answer]:is([data-verdict=just-admitted], [data-verdict=already-used])')
    .waitFor();

async function open(page: string): Promise<void> {
  await admin.evaluate((key) => {
    location.hash = `#/${key}`;
  }, page);
}

/** The same page as a phone shows it; it may not be wider than one. */
async function phoneShot(name: string): Promise<void> {
  await admin.setViewportSize(PHONE.viewport);
  const wider = await admin.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.is(wider, 0, name);
  await house.shot(admin, `${name}-phone`);
  await admin.setViewportSize(DESKTOP.viewport);
}

async function identify(who: keyof typeof PEOPLE): Promise<void> {
  const key = (digit: string) =>
    hand.getByTestId('keypad').getByRole('button', { name: digit, exact: true }).click();
  await see('identify', hand);
  for (const digit of PEOPLE[who].code) await key(digit);
  await tap('sign-in', hand);
  for (const digit of PEOPLE[who].pin) await key(digit);
  await tap('sign-in', hand);
  await see('door', hand);
}

async function typed(code: string): Promise<void> {
  await tap('type', hand);
  await hand.getByTestId('code').fill(code);
  await tap('check', hand);
}

test('an administrator makes a config code; its sheet has the QR, its twin and what it gives away', async () => {
  await see('to-entrances', admin);
  await open('entrances');
  await admin.getByLabel('Name of the gateway').fill('Front door');
  await admin.getByLabel('Venue (short id)').fill('kade');
  await admin.getByLabel('Entrance (short id)').fill('front');
  await admin.getByLabel('Name 1').fill('Left');
  await admin.getByLabel('Camera').selectOption('rpicam');
  await tap('make-code', admin);
  await see('config-sheet', admin);
  const said = await admin.getByTestId('config-sheet').innerText();
  assert.match(said, /[0-9A-Z]{5}-[0-9A-Z]{5}/);
  assert.match(said, /([0-9A-F]{4} ){7}[0-9A-F]{4}/);
  assert.match(said, 'anyone who reads this code can set up a gateway');
  await house.shot(admin, 'code');
  await admin.emulateMedia({ media: 'print' });
  assert.not(await admin.getByTestId('make-code').isVisible());
  assert.not(await admin.locator('header.top').isVisible());
  assert.ok(await admin.getByTestId('config-sheet').locator('canvas').isVisible());
  await house.shot(admin, 'sheet');
  await admin.emulateMedia({ media: 'screen' });
  await phoneShot('code');
});

test('a gateway with an empty disk reads it by its camera and waits for a person', async () => {
  const picture = await admin.getByTestId('config-sheet').locator('canvas').screenshot();
  await house.startGateway();
  assert.is((await house.status()).gateway.state, 'unconfigured');
  const screen = await house.page(PHONE);
  await screen.goto(`${house.local}/technician/`);
  await screen.getByTestId('device').getByText('This device has no entrance yet').waitFor();
  await until('the camera looks', () => house.entrance.hold(Buffer.alloc(0), 1) > 0);
  house.entrance.hold(picture, HELD_MS);
  await until('it is configured', async () => {
    return (await house.status()).gateway.state === 'configured';
  });
  house.entrance.takeAway();
  await until('it waits', async () => (await house.status()).gateway.accepted === false);
  await admin.getByTestId('used-by').getByText('gw-').first().waitFor();
  await open('fleet');
  await admin.locator('[data-testid=alerts] [data-alert=waiting]').waitFor();
  const { keyMark } = (await house.status()).gateway;
  assert.is(await card().getByTestId('key-mark').innerText(), keyMark);
  assert.is(await screen.getByTestId('key-mark').innerText(), keyMark, 'on the device too');
  await house.shot(screen, 'device');
  await screen.context().close();
  assert.is((await house.status()).tickets.cursor, null);
  await house.shot(admin, 'waiting');
  await phoneShot('waiting');
});

test('the administrator has compared six characters and accepts: it is online and has tickets', async () => {
  await tap('accept', admin);
  await admin.locator('[data-testid=gateway][data-standing=active][data-online=true]').waitFor();
  await until('it has tickets', async () => (await house.status()).tickets.count === 2);
  await lane('idle');
  await admin.locator('[data-fact=clock]').getByText('trusted', { exact: true }).waitFor();
  const facts = admin.getByTestId('facts').first();
  const shown = await facts
    .locator('[data-fact]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('data-fact')));
  const wanted = ['contact', 'clock', 'temperature', 'reading', 'queue', 'disk', 'certificate'];
  for (const fact of [...wanted, 'configuration', 'software', 'hardware']) {
    assert.ok(shown.includes(fact), fact);
  }
  const reads = admin.locator('[data-testid=lane-readings] [data-figure=first]');
  await reads.filter({ hasText: /\d ms/ }).waitFor();
});

test('a lane is closed from afar, tested while somebody stands at the device, and opened', async () => {
  await tap('close-lane', admin);
  await lane('closed');
  assert.is((await house.status()).lanes[0]?.state, 'closed');
  assert.is(await admin.getByTestId('test-pulse').count(), 0, 'nobody stands at the device');
  technician = await house.page(DESKTOP);
  await technician.goto(`${house.local}/technician/`);
  await technician.getByTestId('pin').fill(DEVICE_PIN);
  await tap('enter', technician);
  await tap('tab-lanes', technician);
  await tap('arm', technician);
  await tap('test-pulse', admin);
  await admin.getByTestId('said').getByText('Done.').waitFor();
  await house.shot(admin, 'armed');
  await tap('arm', technician);
  await tap('open-lane', admin);
  await lane('idle');
  await admin.getByTestId('test-pulse').waitFor({ state: 'detached' });
});

test('a changed configuration is acknowledged; one for other hardware is refused with its reason', async () => {
  await tap('edit', admin);
  await admin.getByLabel('Name of the gateway').fill('North door');
  await admin.getByLabel('Language of its texts').selectOption('nl');
  await tap('push', admin);
  await admin.getByTestId('sent').getByText('The gateway runs version 2.').waitFor();
  assert.is((await row()).applied, 2);
  await lane('idle');
  await admin.getByLabel('What opens the lanes').selectOption('serial-relay');
  await tap('push', admin);
  await admin.locator('[data-testid=gateway][data-configuration=refused]').waitFor();
  await admin.locator('[data-alert=configuration-refused]').waitFor();
  await admin.getByTestId('to-fleet').getByText('1', { exact: true }).waitFor();
  const said = admin.getByTestId('sent');
  await said.getByText('version 3 refused: other hardware hangs at the device').waitFor();
  assert.is((await row()).applied, 2);
  await house.shot(admin, 'refused');
  await phoneShot('refused');
  await admin.getByLabel('What opens the lanes').selectOption('');
  await tap('push', admin);
  await admin.locator('[data-testid=gateway][data-configuration=running]').waitFor();
  await tap('edit', admin);
});

test('a phone pairs with it, a steward admits a guest, a lead overrides', async () => {
  for (const person of Object.values(PEOPLE)) {
    await house.call('POST', '/door-staff/kade/people', person);
  }
  await tap('tab-handhelds', technician);
  await tap('show-pairing', technician);
  const url = await technician.getByTestId('pairing').getAttribute('data-url');
  hand = await house.page(PHONE);
  await hand.goto(url ?? '');
  await hand.getByTestId('handheld-name').fill('North 2');
  await tap('pair', hand);
  await tap('confirm', technician);
  await identify('steward');
  await typed(tickets[0] ?? '');
  await answered('ok');
  await tap('next', hand);
  await typed(tickets[0] ?? '');
  await refusedAgain();
  assert.is(await hand.getByTestId('override').count(), 0);
  await house.shot(hand, 'steward');
  await tap('menu', hand);
  await tap('lock', hand);
  await identify('lead');
  await typed(tickets[0] ?? '');
  await refusedAgain();
  await tap('override', hand);
  await hand.getByTestId('reason').nth(1).click();
  await tap('admit', hand);
  await answered('override');
  await house.shot(hand, 'overridden');
});

test('revoked, it is out within seconds and says so', async () => {
  await house.shot(admin, 'online');
  await phoneShot('online');
  admin.once('dialog', (dialog) => void dialog.accept());
  await tap('revoke', admin);
  await until('its session ends', async () => !(await row()).online);
  await until('it says why', async () => {
    return (await house.status()).gateway.code === 'gateway-revoked';
  });
  await card().waitFor({ state: 'detached' });
  await admin.getByText('Revoked (1)').waitFor();
});

test('reset, and with a camera that reads nothing, it is set up by the code that a technician types', async () => {
  await house.resetGateway();
  const made = await house.call('POST', '/config-codes', TYPED);
  const { url, code } = made.typed;
  const device = await house.page(PHONE);
  await device.goto(`${house.local}/technician/`);
  await device.getByTestId('device').getByText('This device has no entrance yet').waitFor();
  const sneaked = await device.evaluate(() =>
    fetch('/api/technician/typed-code', {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
    }).then(({ status }) => status),
  );
  assert.is(sneaked, 401, 'not without the PIN');
  await device.getByTestId('pin').fill(DEVICE_PIN);
  await tap('enter', device);
  const type = async (address: string, text: string) => {
    await device.getByTestId('typed-url').fill(address);
    await device.getByTestId('typed-text').fill(text);
    await tap('typed-go', device);
  };
  const fault = device.getByTestId('typed-fault');
  await type('http://gate', code);
  await fault.getByText('This is no address of a cloud').waitFor();
  await type(url, 'K7M4D');
  await fault.getByText('A typed code has ten letters and digits').waitFor();
  await type(url.replace('https://', ''), code.toLowerCase());
  await see('typed-fingerprint', device);
  const words = await device.getByTestId('typed-fingerprint').innerText();
  assert.match(words, /^([0-9A-F]{4} ){7}[0-9A-F]{4}$/);
  assert.is(words, made.typed.fingerprint);
  await house.shot(device, 'typed');
  await tap('typed-other', device);
  await device.getByText('Stopped; nothing was changed.').waitFor();
  await type(url, 'ZZZZZ-ZZZZZ');
  await tap('typed-same', device);
  await fault.getByText('The cloud knows no such code.').waitFor();
  await type(url, code);
  await tap('typed-same', device);
  await device.getByTestId('typed-offer').getByText('Theater De Kade: Typed door (side)').waitFor();
  await house.shot(device, 'typed-offer');
  assert.is((await house.status()).gateway.state, 'unconfigured', 'nothing is written yet');
  await tap('typed-take', device);
  await until('it is configured', async () => {
    return (await house.status()).gateway.state === 'configured';
  });
  await device.getByTestId('typed-code').waitFor({ state: 'detached' });
  let mark: string | undefined;
  await until('it has a key', async () => {
    mark = (await house.status()).gateway.keyMark;
    return mark !== undefined;
  });
  await device.getByTestId('key-mark').getByText(String(mark)).waitFor();
});

way.run();
