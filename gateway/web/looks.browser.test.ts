import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingBrowser } from '../../scripts/browser.ts';
import { codeOf } from '../test/samples.ts';
import { faintPicture, ticketPicture } from './test/camera-film.ts';
import {
  DESKTOP,
  type DoorHouse,
  PHONE,
  PINS,
  SMALL,
  startDoorHouse,
  ticketRow,
} from './test/door-house.ts';
import { findings, overflowing, smallTargets, wedge } from './test/looks.ts';

const missing = await missingBrowser();
const looks = suite('the gateway’s pages at every size, in every language');
const test = missing ? looks.skip : looks;
if (missing) console.log(`SKIPPED looks: ${missing}`);

const LANGUAGES = ['nl', 'en', 'fr', 'de'];
const SIZES = { phone: PHONE.viewport, small: SMALL.viewport, desktop: DESKTOP.viewport };
let house: DoorHouse;
let technician: Page;
let hand: Page;

looks.before(async () => {
  if (missing) return;
  house = await startDoorHouse({
    camera: true,
    tickets: (digests) =>
      [label, { ...label, language: 'fr' }, label].map((label, n) =>
        ticketRow(digests, n + 1, { label, status: n === 2 ? 'blocked' : 'valid' }),
      ),
  });
  technician = await house.page(PHONE);
  hand = await house.page(PHONE);
});
looks.after(async () => {
  await house?.stop();
  if (house) assert.equal(house.complaints, []);
});
const label = {
  ...{ title: 'The Seagull, by Chekhov', type: 'Subscription', rank: 'Circle', row: 'AA' },
  ...{ seat: '112', note: 'Has a guide dog; seat at the aisle is kept free beside it' },
};

/** Nothing sticks out, is too small, or fails axe; languages by narrow, axe once a size. */
async function fits(page: Page, what: string, thumbs = true): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    assert.equal(await overflowing(page), [], `${what}, ${size}`);
    if (thumbs) assert.equal(await smallTargets(page), [], `${what}, ${size}`);
  }
  await page.setViewportSize(PHONE.viewport);
  assert.equal(await findings(page), [], what);
}

test('the technician’s page: entering and every tab, in every language', async () => {
  await technician.goto(`${house.base}/technician/`);
  await technician.getByTestId('pin').waitFor();
  await fits(technician, 'enter');
  await technician.getByTestId('pin').fill(PINS.device);
  await technician.getByTestId('enter').click();
  await house.scanner.type('NOTHING-OF-OURS');
  for (const tab of ['health', 'reading', 'lanes', 'network', 'journal', 'handhelds']) {
    await technician.getByTestId(`tab-${tab}`).click();
    if (tab === 'handhelds') await technician.getByTestId('show-pairing').click();
    for (const language of LANGUAGES) {
      await technician.getByTestId('language').selectOption(language);
      await technician.setViewportSize(SMALL.viewport);
      assert.equal(await overflowing(technician), [], `${tab} ${language}`);
    }
    await technician.getByTestId('language').selectOption('en');
    await fits(technician, tab);
    await house.shot(technician, `technician-${tab}`);
  }
});

test('the camera’s live picture, with what it reads drawn in it; the log of readings at once', async () => {
  const readings = technician.getByTestId('reads').locator('li');
  await technician.getByTestId('tab-reading').click();
  const before = await readings.count();
  // What the page asks for every two seconds does not come: only news can tell it.
  await technician.route('**/api/technician/state', (route) => route.abort());
  await house.scanner.type('TYPED-BY-A-SCANNER');
  await readings.nth(before).waitFor();
  house.scene.show(await ticketPicture('SHOWN-TO-THE-CAMERA'), 600_000);
  await readings.filter({ hasText: 'QRCode' }).filter({ hasText: '19' }).first().waitFor();
  const mark = technician.locator('.read-mark polygon');
  await mark.waitFor();
  await technician.getByTestId('picture-read').filter({ hasText: 'QRCode' }).waitFor();
  const drawn = await mark.evaluate((drawn) => {
    const box = drawn.getBoundingClientRect();
    const frame = drawn.closest('svg')?.getBoundingClientRect() ?? box;
    return [box.left - frame.left, frame.right - box.right, box.width, frame.width];
  });
  const [left = 0, right = 0, width = 0, whole = 0] = drawn;
  assert.ok(Math.abs(left - right) < whole / 20, 'the code stands in the middle');
  assert.ok(width > whole / 10 && width < whole / 2);
  await technician.setViewportSize(DESKTOP.viewport);
  await house.shot(technician, 'technician-camera');
  await technician.setViewportSize(PHONE.viewport);
  await house.shot(technician, 'technician-camera-phone');
  house.scene.clear();
  await mark.waitFor({ state: 'detached' });
  await technician.unroute('**/api/technician/state');
  const first = technician.locator('[data-testid=figures] [data-figure=first] dd');
  await first.filter({ hasText: /\d ms/ }).waitFor();
});

test('a ticket that is seen and not read: the display says what would help, till it is away', async () => {
  const display = await house.page(DESKTOP);
  await display.goto(`${house.base}/display/lane-1`);
  await display.locator('[data-key=idle]').waitFor();
  house.scene.show(await faintPicture(), 600_000);
  await display.locator('[data-key=hint-brighter]').waitFor();
  await display.getByText('Zet het scherm helderder').waitFor();
  await house.shot(display, 'display-hint');
  await technician.locator('[data-testid=hint][data-hint=brighter]').waitFor();
  house.scene.clear();
  await display.locator('[data-key=idle]').waitFor();
  await display.close();
});

test('a technician closes a lane, moves its gate and lamps, only when armed', async () => {
  await technician.getByTestId('tab-lanes').click();
  // S13: the lanes say what becomes of tickets on phones when the cloud is away.
  const secure = await technician.getByTestId('without-cloud').innerText();
  assert.match(secure, /staff decide.*Late Jazz/s);
  assert.ok(await technician.getByTestId('close-lane').isDisabled());
  await technician.getByTestId('arm').click();
  await technician.getByTestId('close-lane').click();
  await technician.locator('[data-testid=lane][data-state=closed]').waitFor();
  await technician.getByTestId('pulse').click();
  await technician.getByTestId('pulsed').waitFor();
  await technician.getByTestId('lamp-go').click();
  await technician.getByTestId('open-lane').click();
  await technician.locator('[data-testid=lane][data-state=idle]').waitFor();
});

test('the handheld: pairing, keypad, an answer and its sheets, in every language', async () => {
  await technician.getByTestId('tab-handhelds').click();
  await technician.getByTestId('show-pairing').click();
  const url = await technician.getByTestId('pairing').getAttribute('data-url');
  await hand.goto(url ?? '');
  await hand.getByTestId('handheld-name').fill('North 2');
  await fits(hand, 'pair');
  await hand.getByTestId('pair').click();
  await hand.getByTestId('identify').waitFor();
  await fits(hand, 'identify');
  await hand.getByTestId('staff-code').fill('20');
  await hand.getByTestId('pin').fill(PINS.lead);
  await hand.getByTestId('sign-in').click();
  await hand.getByTestId('menu').click();
  await hand.getByTestId('use-wedge').click();
  for (const language of [...LANGUAGES].reverse()) {
    await hand.getByTestId('language').selectOption(language);
    await hand.setViewportSize(SMALL.viewport);
    assert.equal(await overflowing(hand), [], `menu ${language}`);
    await hand.getByTestId('close').click();
    assert.equal(await overflowing(hand), [], `door ${language}`);
    for (const sheet of ['shows', 'group', 'search', 'type']) {
      await hand.getByTestId(sheet).click();
      assert.equal(await overflowing(hand), [], `${sheet} ${language}`);
      if (language === 'nl') assert.equal(await findings(hand), [], sheet);
      if (sheet !== 'type') await hand.getByTestId('close').click();
    }
    await hand.getByTestId('code').fill('NOTHING-OF-OURS');
    await hand.getByTestId('check').click();
    await hand.getByTestId('answer').waitFor();
    assert.equal(await overflowing(hand), [], `answer ${language}`);
    await hand.getByTestId('next').click();
    await hand.getByTestId('menu').click();
  }
  await hand.getByTestId('close').click();
  await fits(hand, 'door');
});

test('an answer holds its contrast by day and by night', async () => {
  await wedge(hand, codeOf(1));
  await hand.locator('[data-testid=answer][data-verdict=ok]').waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await hand.emulateMedia({ colorScheme });
    await fits(hand, `answer, ${colorScheme}`);
    await house.shot(hand, `answer-${colorScheme}`);
  }
});

test('the lane’s display: idle, go, stop, lost, at its sizes, and nothing of before', async () => {
  const display = await house.page(DESKTOP);
  const shows = (key: string) => display.locator(`[data-key=${key}]`).waitFor();
  const fitsHere = async (what: string) => {
    for (const viewport of [...Object.values(SIZES), { width: 1080, height: 1920 }]) {
      await display.setViewportSize(viewport);
      assert.equal(await overflowing(display), [], what);
    }
    await display.setViewportSize(DESKTOP.viewport);
    assert.equal(await findings(display), [], what);
    await house.shot(display, `display-${what}`);
  };
  await display.goto(`${house.base}/display/lane-1`);
  await shows('idle');
  await fitsHere('idle');
  const speaks = (language: string) => display.locator(`html[lang=${language}]`).waitFor();
  await speaks('en');
  await house.scanner.type(codeOf(2));
  await shows('ok');
  await speaks('fr');
  assert.match(await display.locator('.place').innerText(), /Place\s112/);
  assert.not.match(await display.locator('body').innerText(), 'guide dog');
  await house.shot(display, 'display-go');
  await house.board.walkThrough('entry');
  await house.scanner.type(codeOf(3));
  await shows('blocked');
  await speaks('en');
  assert.is(await display.locator('.place').count(), 0, 'who stays out has no seat');
  await fitsHere('stop');
  await house.gone();
  await shows('lost');
  await fitsHere('lost');
  await house.back();
  await shows('idle');
});

looks.run();
