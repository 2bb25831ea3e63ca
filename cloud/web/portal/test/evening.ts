import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { launchBrowser, launchKept } from '../../../../scripts/browser.ts';
import { buildPage, isStale } from '../../../../scripts/pages.ts';
import { CODE, type PortalHouse, startPortal } from '../../../portal/test/portal-house.ts';
import { ending, question } from '../../../test/phone.ts';
import { drawLine, type Line } from './line.ts';

const PAGE = join(import.meta.dirname, '..');
export const SHOTS = join(PAGE, '..', '..', '..', 'test-output');
export const PHONE_SIZE = { width: 390, height: 844 };

/** A portal with its page, a line to it, and browsers in front of it. */
export interface Evening {
  readonly house: PortalHouse;
  readonly line: Line;
  /** Where a phone keeps everything. */
  folder(name: string): string;
  phone(name: string, options?: Parameters<typeof launchKept>[1]): Promise<BrowserContext>;
  /** Logs a page in with a number. */
  logIn(page: Page, number: string): Promise<void>;
  /** Asks the cloud for a code as the gate does; `through` walks, `back` gives the grant back. */
  hold(
    code: string,
  ): Promise<{ verdict: string; through(): Promise<unknown>; back(): Promise<unknown> }>;
  shot(page: Page, name: string): Promise<string>;
  stop(): Promise<void>;
}

/** Why there is no browser, if there is none. */
export async function missingBrowser(): Promise<string | undefined> {
  const { browser, reason } = await launchBrowser();
  await browser?.close();
  return reason;
}

export async function startEvening(): Promise<Evening> {
  mkdirSync(SHOTS, { recursive: true });
  if (await isStale(PAGE)) await buildPage(PAGE);
  const house = await startPortal({ webDir: join(PAGE, 'dist') });
  await house.server.listen({ host: '127.0.0.1', port: 0 });
  const line = await drawLine((house.server.server.address() as AddressInfo).port);
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-portal-'));
  const open = new Set<BrowserContext>();
  const folder = (name: string) => join(dir, name);
  return {
    house,
    line,
    folder,
    async phone(name, options = {}) {
      const look = { viewport: PHONE_SIZE, deviceScaleFactor: 3, locale: 'en-GB' };
      const context = await launchKept(folder(name), { ...look, ...options });
      open.add(context);
      context.on('close', () => open.delete(context));
      return context;
    },
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
      for (const context of open) await context.close();
      await line.end();
      await house.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
