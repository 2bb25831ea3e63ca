import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchBrowser } from '../scripts/browser.ts';
import { freePort } from '../scripts/free-port.ts';
import { PATIENCE_MS } from '../scripts/patience.ts';

/**
 * The whole product as a visitor uses it: `npm start`'s processes, a real browser, the gateway
 * reading pictures through its camera. One evening told in order; each test goes on where the one
 * before stopped.
 */
const ROOT = join(import.meta.dirname, '..');
const SHOTS = join(ROOT, 'test-output');
const READY_MS = 2 * PATIENCE_MS;
/** Colours fade; a picture waits for them. */
const FADE_MS = 500;
/** A picture this old is of a slot that no clock accepts any more. */
const OLD_PICTURE_MS = 91_000;
/** Until then the slot of a picture is accepted, when it is read soon after. */
const FRESH_MS = 20_000;
/** After this a re-read is no longer told `just-admitted`. */
const JUST_ADMITTED_OVER_MS = 5_500;

const launched = await launchBrowser();
const evening = suite('the door page');
const test = launched.browser ? evening : evening.skip;
if (!launched.browser) console.log(`SKIPPED door page: ${launched.reason}`);

const data = mkdtempSync(join(tmpdir(), 'gatehouse-door-'));
let house: ChildProcess;
let url: string;
let page: Page;
let pictureTaken = 0;

evening.before(async () => {
  if (!launched.browser) return;
  mkdirSync(SHOTS, { recursive: true });
  const port = await freePort();
  url = `http://localhost:${port}/`;
  house = await start(port).catch((fault) => {
    // uvu keeps silent about what a `before` throws.
    console.log(fault);
    throw fault;
  });
  // With its motion the page costs more than all else of the house.
  const look = { viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' } as const;
  page = await launched.browser.newPage(look);
  // What is held to the camera is taken away when the lane has answered, however late that is.
  await page.route('**/demo/camera', (route) =>
    route.continue({ url: `${route.request().url()}?ms=60000` }),
  );
  await page.addInitScript(listen);
  await page.goto(url);
  await by('phone-code').waitFor();
  await until('uplink-state', 'data-state', ['connected']);
});

evening.after(async () => {
  await launched.browser?.close();
  if (house && house.exitCode === null) {
    house.kill('SIGTERM');
    await once(house, 'exit');
  }
  rmSync(data, { recursive: true, force: true });
});

async function start(port: number): Promise<ChildProcess> {
  const args = [join(ROOT, 'demo', 'main.ts'), '--port', String(port), '--data', data];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_MS);
  for await (const line of createInterface({ input: child.stdout })) {
    said += `${line}\n`;
    if (line.startsWith('Gatehouse is ready: ')) {
      clearTimeout(timer);
      return child;
    }
  }
  clearTimeout(timer);
  throw new Error(`Gatehouse did not start: ${said}`);
}

function by(testid: string) {
  return page.locator(`[data-testid="${testid}"]`);
}

/** From here on `verdict` looks at what the lane says. */
async function click(testid: string): Promise<void> {
  await page.evaluate(() => {
    window.said = [];
  });
  await by(testid).click();
}

/** Waits until an attribute has one of the values, and gives it. */
async function until(testid: string, attribute: string, wanted: readonly string[]) {
  const element = by(testid);
  const end = Date.now() + PATIENCE_MS;
  let found: string | null = null;
  while (Date.now() < end) {
    found = await element.getAttribute(attribute);
    if (found !== null && wanted.includes(found)) return found;
    await page.waitForTimeout(50);
  }
  throw new assert.Assertion({
    message: `${testid} ${attribute} is ${found}, not ${wanted.join(' or ')}`,
  } as never);
}

declare global {
  interface Window {
    /** What the lane's display has said since the last click. */
    said: string[];
  }
}

/** In the page, before anything: a slow machine may look at the display when it is over. */
function listen(): void {
  window.said = [];
  const note = () => {
    const { key = '' } =
      document.querySelector<HTMLElement>('[data-testid=verdict]')?.dataset ?? {};
    if (key !== window.said.at(-1)) window.said.push(key);
  };
  const all = { subtree: true, childList: true, attributes: true, attributeFilter: ['data-key'] };
  new MutationObserver(note).observe(document, all);
}

async function verdict(...keys: string[]): Promise<void> {
  await page.waitForFunction((wanted) => window.said.some((one) => wanted.includes(one)), keys);
}

function rows(selector = '') {
  return page.locator(`[data-testid="journal"] li${selector}`);
}

async function shot(name: string): Promise<void> {
  await page.waitForTimeout(FADE_MS);
  await page.screenshot({ path: join(SHOTS, `door-${name}.png`) });
}

/**
 * Shows what is on a button's mind to the camera, and lets the guest through when it opens. On a
 * slow machine the arm may be locked again before: nobody has passed, so it is shown once more.
 */
async function admit(
  testid: string,
  { first, atGreen }: { first?: () => Promise<void>; atGreen?: () => Promise<void> } = {},
): Promise<void> {
  const passed = await rows('[data-what="passed"]').count();
  for (let tries = 0; (await rows('[data-what="passed"]').count()) === passed; tries++) {
    await first?.();
    const before = { passed, released: await rows('[data-what="released"]').count() };
    await click(testid);
    await verdict('ok');
    if (tries === 0) await atGreen?.();
    await page.waitForFunction(walkAtGreen, before);
    await page.waitForFunction(hasEnded, before);
    // a passage on the heels of a release is told after it
    if ((await rows('[data-what="passed"]').count()) === passed) await page.waitForTimeout(2_000);
  }
}

interface Counts {
  readonly passed: number;
  readonly released: number;
}

/** In the page: one person walks as soon as the arm is free, if it still is. */
function walkAtGreen({ released }: Counts): boolean {
  const at = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
  const isFree = /^(unlocked|open)$/.test(at('turnstile')?.dataset.state ?? '');
  if (isFree) at('walk')?.click();
  const ends = document.querySelectorAll('[data-testid="journal"] li[data-what="released"]');
  return isFree || ends.length > released;
}

/** In the page: the grant is over, by a passage or without. */
function hasEnded({ passed, released }: Counts): boolean {
  const count = (what: string) =>
    document.querySelectorAll(`[data-testid="journal"] li[data-what="${what}"]`).length;
  return count('passed') > passed || count('released') > released;
}

/** Of a picture that a slow machine shows late also its age may be said. */
const orTooLate = () => (Date.now() - pictureTaken < FRESH_MS ? [] : ['expired-code']);

async function takePicture(): Promise<void> {
  await click('screenshot');
  pictureTaken = Date.now();
}

/** What another maker's program reads in a picture. */
const READERS: Readonly<Record<string, (file: string) => string[]>> = {
  zbarimg: (file) => ['--raw', '-q', file],
  ZXingReader: (file) => ['-bytes', file],
};
for (const [reader, argumentsFor] of Object.entries(READERS)) {
  const missing = spawnSync(reader, ['--version']).error !== undefined;
  if (missing) console.log(`SKIPPED ${reader} reads the phone: ${reader} is not installed`);
  (missing ? evening.skip : test)(`${reader} reads the code that the phone draws`, async () => {
    const file = join(data, `${reader}.png`);
    await by('phone-code').screenshot({ path: file });
    const { stdout } = spawnSync(reader, argumentsFor(file), { encoding: 'utf8' });
    assert.match(stdout, /\b4283\d{178}\b/);
  });
}

test('a screenshot of the secure ticket is kept for later', async () => {
  await takePicture();
});

test('a paper ticket is read by the camera and opens the turnstile', async () => {
  await shot('idle');
  await admit('hold-paper', { atGreen: () => shot('paper-admitted') });
});

test('the same paper is refused as used', async () => {
  await page.waitForTimeout(JUST_ADMITTED_OVER_MS);
  await click('hold-paper');
  await verdict('already-used');
  await shot('paper-refused');
  await page.waitForTimeout(2_000);
});

test('step 5: nobody passes, so the same ticket is admitted again', async () => {
  await click('new-paper');
  await page.waitForTimeout(1_500);
  await click('hold-paper');
  await verdict('ok');
  await rows('[data-what="released"]').first().waitFor();
  await page.waitForTimeout(2_000);
  await admit('hold-paper');
});

test('the fire button frees the lane and its end closes it again', async () => {
  await click('fire');
  await rows('[data-what="emergency"]').first().waitFor();
  await click('fire');
  await rows('[data-what="emergency-over"]').first().waitFor();
});

test('a gateway that is stopped comes back with its journal', async () => {
  await click('gateway');
  await until('uplink-state', 'data-state', ['away']);
  await click('gateway');
  await until('uplink-state', 'data-state', ['connected']);
  await click('new-paper');
  await page.waitForTimeout(1_500);
  await admit('hold-paper');
});

test('with the uplink cut paper goes on and secure tickets need the connection', async () => {
  await click('new-paper');
  await page.waitForTimeout(2_000);
  await click('uplink');
  await until('uplink-state', 'data-state', ['away']);
  await admit('hold-paper');
  await page.waitForTimeout(2_000);
  await click('hold-phone');
  await verdict('needs-connection');
  await shot('uplink-cut');
  const waiting = Number(await by('uplink-state').getAttribute('data-queue'));
  assert.ok(waiting > 0, 'rows wait on the gateway');
});

test('with the uplink back the journal in the cloud is complete', async () => {
  await click('uplink');
  await until('uplink-state', 'data-state', ['connected']);
  await until('uplink-state', 'data-queue', ['0']);
  const all = await rows().count();
  await page.waitForFunction(
    (count) =>
      document.querySelectorAll('[data-testid="journal"] li[data-stored="true"]').length >= count,
    all,
  );
  await shot('all-stored');
  const seen = await rows('[data-scan]').evaluateAll((items) =>
    items.map((item) => (item as HTMLElement).dataset.scan as string),
  );
  const token = readFileSync(join(data, 'cloud', 'admin-token'), 'utf8').trim();
  const answer = await fetch(new URL('/api/v1/scans?limit=1000', url), {
    headers: { authorization: `Bearer ${token}` },
  });
  const { scans } = (await answer.json()) as { scans: { scanId: string; result: string | null }[] };
  const stored = new Set(scans.map(({ scanId }) => scanId));
  const missing = [...new Set(seen)].filter((scan) => scan !== '' && !stored.has(scan));
  assert.equal(missing, [], 'every scan that the page showed is in the cloud');
  assert.is(scans.filter(({ result }) => result === 'passed').length, 4);
});

test('an old screenshot is refused as expired while its ticket is unused', async () => {
  const age = Date.now() - pictureTaken;
  await page.waitForTimeout(Math.max(0, OLD_PICTURE_MS - age));
  await click('show-screenshot');
  await verdict('expired-code');
  await shot('screenshot-expired');
  await page.waitForTimeout(2_000);
});

test('the secure ticket itself is admitted by the cloud, and the phone says that it is used', async () => {
  await admit('hold-phone', { first: takePicture });
  await by('phone-used').waitFor();
  await shot('phone-used');
});

test('a screenshot of the code just used is refused at once, and later as used', async () => {
  await page.waitForTimeout(1_700);
  await click('show-screenshot');
  await verdict('just-admitted', 'code-used', ...orTooLate());
  await page.waitForTimeout(JUST_ADMITTED_OVER_MS);
  await click('show-screenshot');
  await verdict('code-used', ...orTooLate());
  await page.waitForTimeout(2_000);
});

test('SIGTERM ends all of it cleanly', async () => {
  house.kill('SIGTERM');
  const [code] = await once(house, 'exit');
  assert.is(code, 0);
});

evening.run();
