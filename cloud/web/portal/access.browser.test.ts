import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingBrowser } from '../../../scripts/browser.ts';
import { CODE, secure } from '../../portal/test/portal-house.ts';
import { misfits, seriousFindings } from '../test/axe.ts';
import { readByCamera } from './test/camera.ts';
import { type Evening, startEvening } from './test/evening.ts';

const MINUTE = 60_000;
const NUMBER = '+31612345678';
/** The smallest phone that people still carry. */
const SMALL = { viewport: { width: 320, height: 568 }, deviceScaleFactor: 2 };
const FINGER = 48;
const LANGUAGES = { nl: 'nl-NL', en: 'en-GB', de: 'de-DE', fr: 'fr-FR' } as const;
const missing = await missingBrowser();
const access = suite('the portal for everybody');
const test = missing ? access.skip : access;
if (missing) console.log(`SKIPPED portal for everybody: ${missing}`);

let evening: Evening;
/** The phone of the language before, which still has the tickets. */
let before: { page: Page; language: string } | undefined;

access.before(async () => {
  if (missing) return;
  evening = await startEvening();
});
access.after(() => evening?.stop());

const see = (id: string, on: Page) => on.getByTestId(id).first().waitFor();
const state = (name: string, on: Page) =>
  on.locator(`[data-testid=ticket][data-state=${name}]`).waitFor();

/** What axe finds; its own waits need time to pass. */
async function findings(page: Page) {
  let isDone = false;
  const found = seriousFindings(page, true).finally(() => {
    isDone = true;
  });
  while (!isDone) await evening.pass(1);
  return found;
}

/** Asserts that everybody can use what the page shows now; in one language also in the dark. */
async function usable(page: Page, name: string): Promise<void> {
  assert.equal(await misfits(page, FINGER), { over: 0, low: [] }, name);
  assert.equal(await findings(page), [], name);
  const code = await page
    .getByTestId('qr')
    .boundingBox({ timeout: 1 })
    .catch(() => null);
  if (code) assert.ok(code.y + code.height <= SMALL.viewport.height, `${name}: all of the code`);
  if (!name.startsWith('nl')) return;
  await page.emulateMedia({ colorScheme: 'dark' });
  assert.equal(await findings(page), [], `${name} in the dark`);
  await page.emulateMedia({ colorScheme: 'light' });
  await evening.shot(page, `access-${name}`);
}

for (const [language, locale] of Object.entries(LANGUAGES)) {
  test(`${language}: every page fits a small phone and a finger, and axe finds nothing serious`, async () => {
    const { house, line } = evening;
    const show = await house.perform({
      ...secure(house.clock.now() + 65 * MINUTE, { ends: house.clock.now() + 3 * 60 * MINUTE }),
    });
    await house.sell(show.id, NUMBER);
    const phone = await evening.phone({ ...SMALL, locale });
    const page = phone.pages()[0] as Page;
    await page.goto(`${line.url}/portal/`);
    await see('number', page);
    assert.is(await page.evaluate(() => document.documentElement.lang), language);
    await usable(page, `${language}-number`);
    await page.getByTestId('number').fill(NUMBER);
    await page.getByTestId('send-code').click();
    await page.getByTestId('code-field').fill('000000');
    await page.getByTestId('log-in').click();
    await see('fault', page);
    await usable(page, `${language}-enter`);
    await page.getByTestId('code-field').fill(CODE);
    await page.getByTestId('log-in').click();
    await state('early', page);
    await usable(page, `${language}-early`);
    await previousIsTold();
    await evening.pass(6 * MINUTE);
    await state('code', page);
    await usable(page, `${language}-code`);
    if (language === 'nl') await countdownIsQuiet(page);
    await evening.drawn(page);
    const [code = ''] = await readByCamera([await evening.shot(page, `access-${language}-code`)]);
    await line.cut();
    await evening.pass(20_000);
    await see('no-network', page);
    await usable(page, `${language}-offline`);
    await phone.clock.setSystemTime(house.clock.now() - 10 * MINUTE);
    await evening.pass(1_000);
    await see('clock-doubt', page);
    await usable(page, `${language}-doubt`);
    await line.mend();
    await evening.pass(6_000);
    await see('clock-wrong', page);
    await usable(page, `${language}-clock`);
    const { verdict, through } = await evening.hold(code);
    assert.is(verdict, 'ok');
    await through();
    await state('used', page);
    await usable(page, `${language}-used`);
    before = { page, language };
  });
}

/** A new login of the number pushes the phone before it out. */
async function previousIsTold(): Promise<void> {
  if (!before) return;
  const { page, language } = before;
  await see('elsewhere', page);
  await usable(page, `${language}-elsewhere`);
  await page.context().close();
}

/** Nothing that is read out by itself changes while the countdown runs. */
async function countdownIsQuiet(page: Page): Promise<void> {
  await page.evaluate(() => {
    const live =
      '[aria-live=polite], [aria-live=assertive], [role=status], [role=alert], [role=log]';
    const heard: string[] = [];
    Object.assign(window, { heard });
    const watch = new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        const spoken = element?.closest(`${live}, [aria-live=off], [role=timer]`);
        if (spoken?.matches(live)) heard.push(spoken.outerHTML);
      }
    });
    watch.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  const counter = page.getByTestId('countdown');
  const from = await counter.innerText();
  await evening.pass(3_000);
  assert.is.not(await counter.innerText(), from, 'it runs');
  assert.equal(await page.evaluate(() => (window as { heard?: string[] }).heard), []);
}

access.run();
