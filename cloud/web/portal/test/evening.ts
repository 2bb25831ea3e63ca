import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Page,
  Request,
} from 'playwright-core';
import { launchBrowser, launchKept } from '../../../../scripts/browser.ts';
import { buildPage, isStale } from '../../../../scripts/pages.ts';
import { CODE, type PortalHouse, startPortal } from '../../../portal/test/portal-house.ts';
import { ending, question } from '../../../test/phone.ts';
import { drawLine, type Line } from './line.ts';

const PAGE = join(import.meta.dirname, '..');
export const SHOTS = join(PAGE, '..', '..', '..', 'test-output');
const LOOK = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, locale: 'en-GB' };

/** Before a phone's clock is made to stand, so long may pass. */
const SLACK_MS = 600_000;

export interface PhoneOptions extends BrowserContextOptions {
  /** By how many milliseconds its clock is fast. */
  readonly fast?: number;
}

/**
 * A portal with its page, a line to it, and browsers in front of it. Minutes pass in virtual time:
 * the pages' own Date, performance and timers and the cloud's clock stand still until they are
 * moved, so that no code grows old while a slow machine reads its picture. Network, signatures,
 * storage, service worker and pictures are the browser's real ones.
 */
export interface Evening {
  readonly house: PortalHouse;
  readonly line: Line;
  phone(options?: PhoneOptions): Promise<BrowserContext>;
  /** A phone that is the same one when it is closed and asked for again. */
  keptPhone(options?: PhoneOptions): Promise<BrowserContext>;
  /** Lets time pass for the cloud and all phones, and waits for the answers to what they ask. */
  pass(milliseconds: number): Promise<void>;
  /** Waits until the code of this moment is signed and drawn. */
  drawn(page: Page): Promise<void>;
  /** Logs a page in with a number. */
  logIn(page: Page, number: string): Promise<void>;
  /** Asks the cloud for a code as the gate does; `through` walks, `back` gives the grant back. */
  hold(
    code: string,
  ): Promise<{ verdict: string; through(): Promise<unknown>; back(): Promise<unknown> }>;
  shot(page: Page, name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startEvening(): Promise<Evening> {
  mkdirSync(SHOTS, { recursive: true });
  if (await isStale(PAGE)) await buildPage(PAGE);
  const house = await startPortal({ webDir: join(PAGE, 'dist') });
  const { clock } = house;
  clock.stand();
  await house.server.listen({ host: '127.0.0.1', port: 0 });
  const line = await drawLine((house.server.server.address() as AddressInfo).port);
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-portal-'));
  const open = new Map<BrowserContext, ReturnType<typeof requestsOf>>();
  let browser: Browser | undefined;
  const onClock = async (context: BrowserContext, fast: number) => {
    await context.clock.install({ time: clock.now() + fast - SLACK_MS });
    await context.clock.pauseAt(clock.now() + fast);
    open.set(context, requestsOf(context));
    context.on('close', () => open.delete(context));
    return context;
  };
  return {
    house,
    line,
    async phone({ fast = 0, ...options } = {}) {
      browser ??= (await launchBrowser()).browser as Browser;
      const context = await onClock(await browser.newContext({ ...LOOK, ...options }), fast);
      await context.newPage();
      return context;
    },
    keptPhone: async ({ fast = 0, ...options } = {}) =>
      onClock(await launchKept(join(dir, 'phone'), { ...LOOK, ...options }), fast),
    async pass(milliseconds) {
      const answered = async () => {
        if (line.isCut) return;
        await Promise.all([...open.values()].map((requests) => requests.answered()));
      };
      await answered();
      clock.move(milliseconds);
      for (const context of open.keys()) await context.clock.fastForward(milliseconds);
      await answered();
    },
    drawn: (page) =>
      page
        .waitForFunction(() => {
          const canvas = document.querySelector('canvas');
          const ink = canvas?.getContext('2d');
          if (!canvas || !ink || canvas.width === 0) return false;
          return ink.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] === 255;
        })
        .then(() => undefined),
    async logIn(page, number) {
      await page.getByTestId('number').fill(number);
      await page.getByTestId('send-code').click();
      await page.getByTestId('code-field').fill(CODE);
      await page.getByTestId('log-in').click();
      await page.getByTestId('ticket').waitFor();
    },
    async hold(code) {
      const request = question(house.clock, code);
      const answer = await house.validator.validate('door', request);
      const end = (kind: 'passed' | 'released') => () =>
        house.validator.settle('door', ending(house.clock, request.scanId, kind));
      return { verdict: answer.verdict.key, through: end('passed'), back: end('released') };
    },
    async shot(page, name) {
      const path = join(SHOTS, `portal-${name}.png`);
      await page.screenshot({ path });
      return path;
    },
    async stop() {
      for (const context of open.keys()) await context.close();
      await browser?.close();
      await line.end();
      await house.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** What the pages of a browser have asked; a stream of news is never answered whole. */
function requestsOf(context: BrowserContext) {
  const asked = new Set<Request>();
  let told = () => {};
  const end = (request: Request) => {
    asked.delete(request);
    if (asked.size === 0) told();
  };
  context.on('request', (request) => {
    if (!request.url().endsWith('/events')) asked.add(request);
  });
  context.on('requestfinished', end);
  context.on('requestfailed', end);
  return {
    /** Waits until no request is open. */
    answered: () =>
      new Promise<void>((resolve) => {
        told = resolve;
        if (asked.size === 0) resolve();
      }),
  };
}
