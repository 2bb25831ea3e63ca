import type { BrowserContext, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingBrowser } from '../../../scripts/browser.ts';
import { codeOf } from '../../test/samples.ts';
import { until } from '../../test/test-cloud.ts';
import { CALIBRATION_TEXT } from '../shared/calibration.ts';
import { DESKTOP, type DoorHouse, PINS, startDoorHouse, ticketRow } from '../test/door-house.ts';
import { wedge as wedgeInto } from '../test/looks.ts';

const missing = await missingBrowser();
const handheld = suite('a phone becomes a handheld');
const test = missing ? handheld.skip : handheld;
if (missing) console.log(`SKIPPED handheld: ${missing}`);

/** Seen by the camera, one after another; the last of them is no ticket of this venue. */
const FILM = [1, 2, 3, 4, 5, 6].map(codeOf);
const STRANGE = 'SOMEBODY-ELSES';
const BLOCKED = 11;
const PASS = 12;
const MEASURED_MIN = 5;

let house: DoorHouse;
let technician: Page;
let context: BrowserContext;
let hand: Page;

handheld.before(async () => {
  if (missing) return;
  const label = (n: number) => ({
    ...{ title: 'The Seagull', type: 'Regular', rank: 'Stalls', row: 'F', seat: `${n}` },
    ...(n === 7 ? { note: 'Wheelchair: take the lift on the left' } : {}),
  });
  house = await startDoorHouse({
    film: [...FILM, STRANGE],
    tickets: (digests) =>
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, BLOCKED, PASS, 13, 14, 15].map((n) =>
        ticketRow(digests, n, {
          label: label(n),
          ...(n === BLOCKED ? { status: 'blocked' } : {}),
          ...(n === PASS ? { uses: 5 } : {}),
        }),
      ),
  });
  technician = await house.page(DESKTOP);
  context = await house.context();
  await context.grantPermissions(['camera']);
  hand = await house.pageOf(context);
});
handheld.after(async () => {
  await house?.stop();
  if (house) assert.equal(house.complaints, []);
});

const tap = (id: string, on = hand) => on.getByTestId(id).first().click();
const see = (id: string, on = hand) => on.getByTestId(id).first().waitFor();
const answered = (verdict: string) =>
  hand.locator(`[data-testid=answer][data-verdict=${verdict}]`).waitFor();

async function identify(as: 'steward' | 'lead'): Promise<void> {
  await see('identify');
  for (const digit of as === 'lead' ? '20' : '10') await key(digit);
  await tap('sign-in');
  for (const digit of PINS[as]) await key(digit);
  await tap('sign-in');
  await see('door');
}

const key = (digit: string) =>
  hand.getByTestId('keypad').getByRole('button', { name: digit, exact: true }).click();

const wedge = (text: string) => wedgeInto(hand, text);

async function typed(text: string): Promise<void> {
  await tap('type');
  await hand.getByTestId('code').fill(text);
  await tap('check');
}

async function lockAndIdentify(as: 'steward' | 'lead'): Promise<void> {
  await tap('menu');
  await tap('lock');
  await identify(as);
}

test('the technician shows a pairing code; a phone that opens it waits to be confirmed', async () => {
  await technician.goto(`${house.base}/technician/`);
  await technician.getByTestId('pin').fill('999999');
  await tap('enter', technician);
  assert.match(await technician.getByTestId('fault').innerText(), 'wrong');
  await technician.getByTestId('pin').fill(PINS.device);
  await tap('enter', technician);
  await tap('tab-handhelds', technician);
  await tap('show-pairing', technician);
  const url = await technician.getByTestId('pairing').getAttribute('data-url');
  await hand.goto(url ?? '');
  await hand.getByTestId('handheld-name').fill('North 2');
  assert.is(new URL(hand.url()).pathname + new URL(hand.url()).hash, '/handheld/');
  await tap('pair');
  await see('unconfirmed');
  await house.shot(hand, 'handheld-identify');
  await see('confirm', technician);
  await house.shot(technician, 'technician-handhelds');
  await tap('confirm', technician);
  await hand.getByTestId('unconfirmed').waitFor({ state: 'detached' });
});

test('a token is good once, and what is kept is a key that nobody can read, no code, no name', async () => {
  await identify('steward');
  const kept = await hand.evaluate(async () => {
    const request = indexedDB.open('gatehouse-handheld');
    await new Promise((done) => request.addEventListener('success', done));
    const store = request.result.transaction('kept').objectStore('kept');
    const [all, names] = [store.getAll(), store.getAllKeys()];
    await new Promise((done) => names.addEventListener('success', done));
    const keys = all.result[names.result.indexOf('keys')] as CryptoKeyPair;
    const rest = all.result.filter((one) => one !== keys);
    const out = await crypto.subtle
      .exportKey('pkcs8', keys.privateKey)
      .catch((error) => error.name);
    return { names: names.result, out, rest: JSON.stringify(rest) + JSON.stringify(localStorage) };
  });
  assert.equal(kept.names, ['handheld', 'keys']);
  assert.is(kept.out, 'InvalidAccessError');
  assert.not.match(kept.rest, /Noor|R0000/);
});

test('the camera reads ticket after ticket; how long from frame to screen is measured', async () => {
  await see('answer');
  await hand.waitForFunction(
    (min) => performance.getEntriesByName('read-to-screen').length >= min,
    MEASURED_MIN,
  );
  const took = await hand.evaluate(() =>
    performance.getEntriesByName('read-to-screen').map(({ duration }) => Math.round(duration)),
  );
  const sorted = [...took].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(`camera frame to screen: median ${median} ms, of ${sorted.join(' ')} (limit 300 ms)`);
  await house.shot(hand, 'handheld-camera');
  assert.ok(house.cloud.of('journal').length > 0);
});

test('the front camera reads too, if a steward chooses it, and the phone remembers which', async () => {
  await context.addInitScript(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = (asked) => {
      const { facingMode } = (asked?.video ?? {}) as MediaTrackConstraints;
      document.documentElement.dataset.asked = JSON.stringify(facingMode);
      return ask(asked);
    };
  });
  await tap('menu');
  await tap('camera-front');
  await tap('close');
  const front = hand.locator('[data-testid=camera][data-facing=front][data-on=true]');
  await front.waitFor();
  await hand.reload();
  await front.waitFor();
  await hand.locator('html[data-asked*=user]').waitFor();
  await tap('menu');
  await tap('camera-back');
  await tap('close');
  await hand.locator('html[data-asked*=environment]').waitFor();
});

test('a scanner that plays keyboard is calibrated, and then reads through another layout', async () => {
  await tap('menu');
  await tap('use-wedge');
  await tap('calibrate');
  await wedge('NOT-THE-CALIBRATION-CODE');
  await hand.locator('[data-testid=calibrating][data-state=length]').waitFor();
  await tap('calibrate');
  const qwertz = (text: string) => text.replace(/[YZyz]/g, (one) => swap[one] ?? one);
  await wedge(qwertz(CALIBRATION_TEXT));
  await hand.locator('[data-testid=calibrating][data-state=done]').waitFor();
  await tap('close');
  await see('ready');
  await wedge(qwertz(codeOf(7)));
  await answered('ok');
  assert.match(await hand.getByTestId('note').innerText(), 'Wheelchair');
  assert.match(await hand.getByTestId('answer').innerText(), /Row\sF/);
  await house.shot(hand, 'handheld-note');
  await tap('next');
  await wedge(qwertz(codeOf(7)));
  await answered('just-admitted');
  assert.is(await hand.getByTestId('answer').getAttribute('data-shape'), 'square');
});
const swap: Record<string, string> = { Y: 'Z', Z: 'Y', y: 'z', z: 'y' };

test('a steward is shown what is refused and cannot set it aside; a lead can, with a reason', async () => {
  await typed(codeOf(8));
  await answered('ok');
  await tap('next');
  await tap('shows');
  const jazz = hand.getByTestId('show').filter({ hasText: 'Late Jazz' });
  // S13: where the cloud is not asked, whoever works here sees it.
  assert.match(await jazz.getByTestId('without-cloud').innerText(), 'staff decide');
  assert.is(await hand.getByTestId('without-cloud').count(), 1);
  await jazz.click();
  await hand.locator('[data-testid=show][aria-pressed=true]').waitFor();
  await tap('shows-done');
  assert.match(await hand.getByTestId('shows').innerText(), 'Late Jazz');
  await typed(codeOf(9));
  await answered('wrong-performance');
  assert.is(await hand.getByTestId('override').count(), 0);
  assert.is(await hand.getByTestId('search').count(), 0);
  await house.shot(hand, 'handheld-refused');
  await lockAndIdentify('lead');
  await typed(codeOf(9));
  await answered('wrong-performance');
  await tap('override');
  await hand.getByTestId('reason').nth(1).click();
  await house.shot(hand, 'handheld-override');
  await tap('admit');
  await answered('override');
  await house.shot(hand, 'handheld-overridden');
  await tap('shows');
  await tap('show-all');
  await hand.locator('[data-testid=show-all][aria-pressed=true]').waitFor();
  await tap('shows-done');
});

test('a lead finds a ticket by the name of its holder and admits it', async () => {
  await tap('search');
  await hand.getByTestId('words').fill('jansen');
  await tap('find');
  await see('found');
  await house.shot(hand, 'handheld-search');
  await tap('found');
  await hand.getByTestId('reason').first().click();
  await tap('admit');
  await see('answer');
});

test('a group is read ticket by ticket and let in at once; a pass by its count', async () => {
  await tap('group');
  for (const n of [10, 13, 14]) await wedge(codeOf(n));
  await hand.waitForFunction(
    () => document.querySelector('[data-testid=group-count]')?.textContent === '3',
  );
  await tap('admit-group');
  await see('group-answer');
  assert.match(await hand.getByTestId('group-answer').innerText(), '3 let in');
  await house.shot(hand, 'handheld-group');
  await tap('pass');
  await hand.getByRole('button', { name: 'One more' }).click();
  await wedge(codeOf(PASS));
  await see('group-answer');
  assert.match(await hand.getByTestId('group-answer').innerText(), '3 let in');
  await tap('close');
});

test('an open admission asks whether the guest went in, and is given back where not', async () => {
  await tap('menu');
  await tap('confirms');
  await hand.locator('[data-testid=confirms][aria-pressed=true]').waitFor();
  await tap('close');
  await typed(codeOf(15));
  await see('stayed-out');
  await house.shot(hand, 'handheld-open');
  await tap('stayed-out');
  await see('ready');
  await typed(codeOf(15));
  await tap('went-in');
  await hand.getByTestId('went-in').waitFor({ state: 'detached' });
  await tap('menu');
  await tap('confirms');
  await hand.locator('[data-testid=confirms][aria-pressed=false]').waitFor();
  await tap('close');
});

test('exit mode is plain to see and lets a guest out', async () => {
  await tap('exit');
  await see('exit-flag');
  await typed(codeOf(8));
  await see('answer');
  assert.is(await hand.getByTestId('answer').getAttribute('data-shape'), 'circle');
  await house.shot(hand, 'handheld-exit');
  await tap('exit');
  await hand.getByTestId('exit-flag').waitFor({ state: 'detached' });
});

test('a gateway out of reach takes every answer off the screen, and the shell opens without it', async () => {
  await typed(codeOf(BLOCKED));
  await answered('blocked');
  await hand.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await house.gone();
  await see('lost');
  assert.is(await hand.getByTestId('answer').count(), 0);
  await house.shot(hand, 'handheld-lost');
  await hand.reload();
  await see('lost');
  assert.is(await hand.getByTestId('pair-how').count(), 0, 'it is paired, and knows it');
  await house.shot(hand, 'handheld-lost-start');
});

test('when it is back the handheld proves its key by itself and asks who is there', async () => {
  await house.back();
  await see('identify');
  await identify('steward');
});

test('a handheld that is unpaired is out at once, and says so', async () => {
  // The gateway has begun anew: who was on its page has to enter again.
  await see('enter', technician);
  await technician.getByTestId('pin').fill(PINS.device);
  await tap('enter', technician);
  await tap('unpair', technician);
  await tap('unpair', technician);
  await hand.getByText('This handheld was unpaired').waitFor();
  await until('the cloud has heard of it', () =>
    house.cloud
      .of('journal')
      .some(({ rows }) => rows.some(({ body }) => body.includes('unpaired'))),
  );
});

handheld.run();
