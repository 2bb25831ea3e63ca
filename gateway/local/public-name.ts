import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  askPageName,
  type ConfiguredDevice,
  type Era,
  isKeyOf,
  renewalDue,
  writeDurably,
} from '@gatehouse/provisioning';
import { makeNameRequest, makePrivateKey } from '@gatehouse/provisioning/authority';
import { z } from 'zod';
import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';

/** The cloud is asked so often whether there is a name, and whether it is time to renew, */
export const NAME_LOOK_MS = 3_600_000;
/** and while a certificate is on its way sooner, each time twice as late */
export const NAME_SOON_MS = 2_000;
/** as the last time, but no later than this, */
export const NAME_LATER_MS = 60_000;
/** so many times; a quarter of an hour is more than it takes. */
export const NAME_SOON_MAX = 20;
/** Addresses that the cloud is told. */
const ADDRESSES_MAX = 16;
/** The key of the pages' public name with its certificate, and the one that is on its way. */
export const PAGE_FILE = 'page-certificate.json';

const Kept = z.object({
  version: z.literal(1),
  /** In use. */
  current: z.object({ name: z.string(), key: z.string(), chain: z.string() }).optional(),
  /** Asked for, and not there yet. */
  wanted: z.object({ name: z.string(), key: z.string(), request: z.string() }).optional(),
});
export type KeptPage = z.infer<typeof Kept>;

/** What there is; nothing where the file is missing or damaged: it is asked for anew. */
export async function readPage(data: string): Promise<KeptPage> {
  const text = await readFile(join(data, PAGE_FILE), 'utf8').catch(() => '');
  try {
    return Kept.parse(JSON.parse(text));
  } catch {
    return { version: 1 };
  }
}

export interface PublicNameParts {
  readonly data: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Private addresses at which phones reach this machine. */
  addresses(): readonly string[];
  /** What this device is, once it is a gateway. */
  device(): ConfiguredDevice | undefined;
  /** When it is, where the cloud has said so. */
  era(): Era | undefined;
  /** There is another certificate in the file. */
  onNew(): void;
  readonly ask?: typeof askPageName;
}

/** Gets the gateway's pages a name and a certificate that any phone trusts, and renews it. */
export interface PublicName {
  start(): void;
  stop(): Promise<void>;
  /** Something has changed: the device was configured, or accepted. */
  look(): void;
}

export function createPublicName(parts: PublicNameParts): PublicName {
  const { data, clock, log, ask = askPageName } = parts;
  let running = false;
  let timer: Timer;
  let soon = 0;
  let looking: Promise<void> | undefined;
  let again = false;

  const keep = (page: Omit<KeptPage, 'version'>) =>
    writeDurably(join(data, PAGE_FILE), `${JSON.stringify({ version: 1, ...page })}\n`);

  /** @returns whether a certificate is on its way */
  async function step(): Promise<boolean> {
    const device = parts.device();
    if (!device) return false;
    const addresses = parts.addresses().slice(0, ADDRESSES_MAX);
    const said = await ask(device, { addresses }, parts.era());
    const name = said?.name ?? undefined;
    const { current, wanted: before } = await readPage(data);
    const isGood = current !== undefined && current.name === name && !isDue(current.chain, clock);
    if (name === undefined || isGood) return false;
    const wanted = before?.name === name ? before : await newRequest(name);
    // On disk before it is asked for: an answer that is lost is asked for again with the same key.
    if (wanted !== before) await keep({ ...(current ? { current } : {}), wanted });
    const answer = await ask(device, { addresses, request: wanted.request }, parts.era());
    const chain = answer?.chain;
    if (!chain) return true;
    const { key } = wanted;
    if (!isKeyOf(key, chain) || new X509Certificate(chain).checkHost(name) === undefined) {
      throw new Error('the certificate for the public name is another’s');
    }
    await keep({ current: { name, key, chain } });
    log.info({ name }, 'the pages have a public name');
    parts.onNew();
    return false;
  }

  async function lookOnce(): Promise<void> {
    try {
      const isComing = await step();
      soon = isComing ? soon + 1 : 0;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      log.warn({ code, fault: message }, 'no public name for the pages');
      soon = 0;
    }
  }

  function look(): void {
    if (!running) return;
    again = true;
    if (looking) return;
    again = false;
    clock.clearTimeout(timer);
    looking = lookOnce().finally(() => {
      looking = undefined;
      if (!running) return;
      if (again) return look();
      const quick = Math.min(NAME_SOON_MS * 2 ** (soon - 1), NAME_LATER_MS);
      const wait = soon > 0 && soon <= NAME_SOON_MAX ? quick : NAME_LOOK_MS;
      timer = clock.setTimeout(look, wait);
    });
  }

  return {
    look,
    start() {
      running = true;
      look();
    },
    async stop() {
      running = false;
      clock.clearTimeout(timer);
      await looking;
      clock.clearTimeout(timer);
    },
  };
}

async function newRequest(name: string) {
  const key = await makePrivateKey();
  return { name, key, request: await makeNameRequest(key, name) };
}

/** Also where it can't be read. */
function isDue(chain: string, clock: Pick<Clock, 'wall'>): boolean {
  try {
    return clock.wall() >= renewalDue(chain);
  } catch {
    return true;
  }
}
