import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchBrowser } from '../../scripts/browser.ts';
import { buildPage, isStale } from '../../scripts/pages.ts';
import { enrol, perform } from '../test/api.ts';
import { movableClock } from '../test/house.ts';
import { journalWriter } from '../test/journal.ts';
import { admission, type Offline } from '../test/offline.ts';
import { stampOf } from '../test/phone.ts';
import { startCloud, type WholeCloud } from '../test/whole-cloud.ts';

const SHOTS = join(import.meta.dirname, '..', '..', 'test-output');
const launched = await launchBrowser();
const desk = suite('the conflict desk');
const test = launched.browser ? desk : desk.skip;
if (!launched.browser) console.log(`SKIPPED conflict desk: ${launched.reason}`);

let whole: WholeCloud;
let page: Page;
const ends: (() => Promise<unknown> | undefined)[] = [];

desk.before(async () => {
  if (!launched.browser) return;
  mkdirSync(SHOTS, { recursive: true });
  if (await isStale(import.meta.dirname)) await buildPage(import.meta.dirname);
  whole = await startCloud();
  await makeConflicts();
  page = await launched.browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en' });
  await page.goto(`${whole.api.base}/admin/#token=${whole.api.token}`);
});
desk.after(async () => {
  await launched.browser?.close();
  for (const end of ends) await end();
  await whole?.stop();
});

/** One of each: could not know, same moment with a shared picture, and a blocked ticket. */
async function makeConflicts(): Promise<void> {
  const { api, cloud, dir } = whole;
  const doors = [
    await enrol(api, join(dir, 'one'), { name: 'North' }),
    await enrol(api, join(dir, 'two'), { name: 'South' }),
  ];
  const clients = await Promise.all(doors.map((door) => door.connect(cloud.ports().mqtt)));
  const performance = await perform(api);
  const sell = async (seat: string): Promise<string> =>
    (await api.call('POST', `/performances/${performance}/tickets`, { row: 'C', seat })).body.id;
  const admit = async (id: string, door: number, given: Offline) => {
    const { epoch, rows } = admission({ id, performance }, given);
    clients[door]?.send('journal', { epoch, rows });
    await clients[door]?.next('journal', (said) => said.epoch === epoch);
  };
  const now = Date.now();
  const [twice, shared, blocked] = [await sell('7'), await sell('8'), await sell('9')];
  await admit(twice, 0, { at: now - 600_000 });
  const peers = { split: true };
  await admit(twice, 1, { at: now - 300_000, stamp: { uncertainty: 1_300 }, peers });
  const stamp = { quality: 'untrusted', offset: null, boot: 'cold' } as const;
  await admit(shared, 0, { at: now - 200_000, slot: 60_000_000 });
  await admit(shared, 1, { at: now - 199_000, slot: 60_000_000, stamp });
  await api.call('PATCH', `/tickets/${blocked}`, { status: 'blocked' });
  await admit(blocked, 0, { at: now + 60_000 });
  clients[0]?.send('journal', { epoch: 'broken', rows: [journalWriter().write('{"kind":')] });
  await clients[0]?.next('journal', ({ epoch }) => epoch === 'broken');
  const at = { wall: now, mono: 1, boot: 'b', offset: 0, uncertainty: 5, quality: 'trusted' };
  const lost = { epoch: 'broken', from: 2, to: 18, why: 'missing' };
  const event = { kind: 'event', code: 'journal-damaged', at, cursor: null };
  const tell = async (door: number, epoch: string, body: object) => {
    const rows = [journalWriter().write(JSON.stringify(body))];
    clients[door]?.send('journal', { epoch, rows });
    await clients[door]?.next('journal', (said) => said.epoch === epoch);
  };
  await tell(0, 'next', { ...event, event: 'gap', gap: lost });
  await tell(1, 'copied', { ...event, event: 'started' });
  await tell(1, 'copied', { ...event, event: 'stopped' });
  const [north] = doors.map(({ gateway }) => gateway);
  clients[1]?.send('heartbeat', {
    ...{ beat: 1, mono: 1, at: stampOf(movableClock()), software: '0.1.0', cursor: null },
    ...{ queue: { rows: 0, settles: 0 }, lanes: [] },
    peers: { heard: [], missing: [`${north}`] },
  });
  await clients[1]?.next('heartbeat');
  await clients[0]?.end();
  ends.push(() => clients[1]?.end());
}

const shot = (name: string) => page.screenshot({ path: join(SHOTS, `conflicts-${name}.png`) });

test('a gateway that does not hear another is listed with a plain warning', async () => {
  await page.getByTestId('gateways').getByText('does not hear: North').waitFor();
  const [north, south] = await page.getByTestId('gateways').getByRole('listitem').allInnerTexts();
  assert.not.match(north ?? '', 'does not hear');
  assert.match(south ?? '', 'does not hear: North');
  await shot('gateways');
});

test('the page counts open conflicts and lists them, with rows that were set aside', async () => {
  const tab = page.getByTestId('to-conflicts');
  await tab.getByText('3').waitFor();
  await tab.click();
  await page.getByTestId('conflicts').getByRole('button').nth(2).waitFor();
  const words = await page.getByTestId('conflicts').innerText();
  assert.match(words, /Admitted though revoked[\s\S]*Admitted twice/);
  const aside = await page.getByTestId('parked').innerText();
  assert.match(aside, 'cannot be read');
  assert.match(aside, /lost 17 rows[\s\S]*broken \/ 2–18/);
  assert.match(aside, /two rows under one number[\s\S]*counts: [0-9a-f]{12}/);
  await shot('aside');
});

test('both sides stand beside each other with what is known of their times', async () => {
  const rows = page.getByTestId('conflicts').getByRole('button');
  await rows.nth(1).click();
  const details = page.getByTestId('conflict');
  await details.getByText('shared screenshot').waitFor();
  assert.match(await details.innerText(), /unknown: the times overlap/);
  assert.is(await details.locator('article').count(), 2);
  await shot('unknown');
  await rows.nth(2).click();
  await details.getByText('± 1.3 s').waitFor();
  const sides = await details.locator('article').allInnerTexts();
  assert.not.match(sides[0] ?? '', 'Other gateways');
  assert.match(sides[1] ?? '', /Other gateways\s+not all of the venue’s were heard/);
  await shot('double');
});

test('a conflict is handled with a note, leaves the open ones and keeps the note', async () => {
  const rows = page.getByTestId('conflicts').getByRole('button');
  await page.getByLabel('What was done about it').fill('Spoke to both; one ticket was bought.');
  await page.getByRole('button', { name: 'Mark as handled' }).click();
  await page.getByTestId('handled').getByText('first administrator').waitFor();
  await page.waitForFunction(
    () => document.querySelectorAll('[data-testid=conflicts] button').length === 2,
  );
  await rows.nth(0).click();
  await page.getByTestId('conflict').getByText('Revocation').waitFor();
  await page.getByRole('button', { name: 'NL' }).click();
  await page.getByTestId('conflict').getByText('Intrekking').waitFor();
  await shot('revoked-nl');
  await page.getByRole('button', { name: 'Afgehandeld', exact: true }).click();
  await rows.nth(0).waitFor();
  assert.is(await rows.count(), 1);
});

test('the page fits a phone without scrolling sideways', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByTestId('conflicts').getByRole('button').first().click();
  await shot('phone');
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.is(over, 0);
});

desk.run();
