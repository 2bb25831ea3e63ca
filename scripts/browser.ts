import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const SYSTEM_CHROMIUM = '/usr/bin/chromium';
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

/**
 * Starts a headless Chromium for a test: the one that the environment variable CHROMIUM names, else
 * the system's, else the one from the package @sparticuz/chromium. Close it when done.
 * @param args further arguments for the browser
 */
export async function launchBrowser(args: readonly string[] = []): Promise<Launched> {
  const named = [process.env.CHROMIUM, SYSTEM_CHROMIUM].filter((path) => path && existsSync(path));
  try {
    const executablePath = named[0] ?? (await packedChromium());
    return { browser: await chromium.launch({ executablePath, args: [...QUIET, ...args] }) };
  } catch (error) {
    return { reason: `no Chromium to be started: ${(error as Error).message.split('\n')[0]}` };
  }
}

async function packedChromium(): Promise<string> {
  const { default: packed } = await import('@sparticuz/chromium');
  return packed.executablePath();
}
