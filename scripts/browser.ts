import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { PATIENCE_MS } from './patience.ts';

/** The shell has no window to draw and needs a fifth less of a processor. */
const SYSTEM_CHROMIUMS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

/** A browser that runs, or the reason why there is none. */
export type Launched =
  | { readonly browser: Browser; readonly reason?: undefined }
  | { readonly browser?: undefined; readonly reason: string };

/** What was started to see whether there is a browser; the first who wants the same gets it. */
let tried: Promise<Launched> | undefined;

/** Why there is no browser, if there is none. Who asks starts one with `launchBrowser` then. */
export async function missingBrowser(): Promise<string | undefined> {
  tried ??= launch([]);
  return (await tried).reason;
}

/**
 * Starts a headless Chromium for a test: the one that the environment variable CHROMIUM names, else
 * the system's, else the one from the package @sparticuz/chromium. Close it when done.
 * @param args further arguments for the browser
 */
export async function launchBrowser(args: readonly string[] = []): Promise<Launched> {
  if (!tried || args.length > 0) {
    await closeTried();
    return launch(args);
  }
  const spare = tried;
  tried = undefined;
  return spare;
}

async function closeTried(): Promise<void> {
  const spare = await tried;
  tried = undefined;
  await spare?.browser?.close();
}

async function launch(args: readonly string[]): Promise<Launched> {
  try {
    const executablePath = await chromiumPath();
    const browser = await chromium.launch({ executablePath, args: [...QUIET, ...args] });
    browser.on('context', bePatient);
    return { browser };
  } catch (error) {
    return { reason: `no Chromium to be started: ${(error as Error).message.split('\n')[0]}` };
  }
}

/**
 * Starts a browser that keeps everything in a folder, as a guest's does; close it, start it again
 * on the same folder, and it is the same one.
 * @throws where there is no Chromium; ask `missingBrowser` first
 */
export async function launchKept(
  folder: string,
  options: Parameters<typeof chromium.launchPersistentContext>[1] = {},
): Promise<BrowserContext> {
  await closeTried();
  const executablePath = await chromiumPath();
  const given = { executablePath, args: QUIET, ...options };
  const context = await chromium.launchPersistentContext(folder, given);
  bePatient(context);
  return context;
}

function bePatient(context: BrowserContext): void {
  context.setDefaultTimeout(PATIENCE_MS);
}

async function chromiumPath(): Promise<string> {
  const named = [process.env.CHROMIUM, ...SYSTEM_CHROMIUMS].find(
    (path) => path && existsSync(path),
  );
  return named ?? (await packedChromium());
}

async function packedChromium(): Promise<string> {
  const { default: packed } = await import('@sparticuz/chromium');
  return packed.executablePath();
}
