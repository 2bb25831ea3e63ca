import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Smallest side of what a thumb has to hit, in CSS pixels. */
const TARGET_MIN = 48;
/** Fewer rules that have found something to pass mean that axe saw no page. */
const RULES_MIN = 8;

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Serious findings of axe on a page; empty when there are none. */
export async function findings(page: Page): Promise<string[]> {
  // A policy that lets nothing in but the gateway's own scripts lets an evaluated one in.
  const known = await page.evaluate(() => 'axe' in window);
  if (!known) await page.evaluate(await axeSource());
  const { violations, passes } = await page.evaluate(async () => {
    type Report = { violations: Finding[]; passes: unknown[] };
    const { axe } = window as unknown as { axe: { run(): Promise<Report> } };
    const report = await axe.run();
    return { violations: report.violations, passes: report.passes.length };
  });
  if (passes < RULES_MIN) throw new Error(`axe has looked at ${passes} things only`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

async function axeSource(): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(AXE, 'utf8');
}

/** What sticks out sideways of the screen or of its own box; empty when nothing does. */
export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = innerWidth + 1;
    return [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((one) => !one.closest('.hidden-text, svg, video'))
      .filter((one) => {
        const { right, left, width } = one.getBoundingClientRect();
        if (width === 0) return false;
        const isCut = one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0;
        const isText = one.matches('button, p, h1, h2, dd, dt, span, strong');
        return right > wide || left < -1 || (isCut && isText && !one.matches('.mono'));
      })
      .map((one) => `${one.tagName}.${one.className} ${one.textContent?.trim().slice(0, 40)}`);
  });
}

/** Buttons that are too small for a thumb; empty when none is. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((min) => {
    return [...document.querySelectorAll<HTMLElement>('button, select, input')]
      .map((one) => ({ one, box: one.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < min - 0.5 || box.height < min - 0.5))
      .map(({ one, box }) => `${one.textContent?.trim()} ${box.width}×${box.height}`);
  }, TARGET_MIN);
}

/** As a scanner does it that plays keyboard: all at once, Enter at the end. */
export async function wedge(page: Page, text: string): Promise<void> {
  await page.evaluate((keys) => {
    const began = performance.now();
    for (const [n, key] of [...keys, 'Enter'].entries()) {
      const event = new KeyboardEvent('keydown', { key, bubbles: true });
      // the scanner is as fast on a slow machine
      Object.defineProperty(event, 'timeStamp', { value: began + n });
      document.body.dispatchEvent(event);
    }
  }, text);
}
