import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const SOURCE = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const BAD = ['serious', 'critical'];
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe finds serious or worse on a page as it stands, each with where it is.
 * @param strict also contrast below 7:1 (WCAG AAA)
 */
export async function seriousFindings(page: Page, strict = false): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in window);
  if (!isThere) await page.evaluate(SOURCE);
  const found = await page.evaluate(
    ({ tags, enhanced }) => {
      const { axe } = window as unknown as { axe: AxeRun };
      const rules = { 'color-contrast-enhanced': { enabled: enhanced } };
      return axe.run(document, { runOnly: { type: 'tag', values: tags }, rules });
    },
    { tags: strict ? [...WCAG, 'wcag2aaa'] : WCAG, enhanced: strict },
  );
  return found.violations
    .filter(({ impact }) => BAD.includes(impact ?? ''))
    .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message}`));
}

interface AxeRun {
  run(
    on: Document,
    options: object,
  ): Promise<{
    violations: {
      id: string;
      impact: string | null;
      nodes: { html: string; any: { message: string }[] }[];
    }[];
  }>;
}

/** Resolves when what fades on a page has faded: colours on their way are nobody's choice. */
export function settled(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const drawn = () => new Promise((done) => requestAnimationFrame(done));
    await drawn();
    await drawn();
    const all = document.getAnimations();
    const ending = all.filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

/** By how much a page is wider than its screen, and what is too small for a finger. */
export function misfits(page: Page, least: number) {
  return page.evaluate((size) => {
    const root = document.documentElement;
    const targets = [...document.querySelectorAll('button, input, select, a, [role=button]')];
    const low = targets.filter((one) => {
      const { width, height } = one.getBoundingClientRect();
      return height > 0 && (height < size || width < size);
    });
    return { over: root.scrollWidth - root.clientWidth, low: low.map((one) => one.outerHTML) };
  }, least);
}
