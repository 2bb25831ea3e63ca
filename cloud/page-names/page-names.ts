import { createPublicKey, X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { GatehouseError } from '@gatehouse/protocol';
import type { PageAnswer } from '@gatehouse/provisioning';
import { readCertificateRequest, requestDer } from '@gatehouse/provisioning/authority';
import type { z } from 'zod';
import type { Also } from '../change-log.ts';
import type { PageNameOf } from '../fleet/index.ts';
import type { Clock, Log } from '../ports.ts';
import { type PageNameTable, type Store, storeFault } from '../store/index.ts';
import { orderCertificate } from './acme.ts';
import { tellHook } from './dns-hook.ts';
import { pageNameError } from './errors.ts';
import {
  changeName,
  dueName,
  findName,
  forgetName,
  type KeptPageNames,
  listNames,
  noteAccount,
  noteOrdered,
  noteTold,
  putName,
  readPageNames,
  writePageNames,
} from './page-name-store.ts';
import { checkHook, type PageNameInput } from './settings.ts';

/** What is due is looked for so often, beside at once. */
export const LOOK_EVERY_MS = 60_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** Time until the second, third … try of one name; the last one repeats. */
export const RETRY_MS = [5, 30, 60, 180, 720].map((minutes) => minutes * MINUTE_MS);
/** One gateway gets no two certificates within this time. */
export const ORDER_AGAIN_MS = HOUR_MS;
/** Orders within a week; authorities count them for a domain, and lock out who has too many. */
export const ORDERS_A_WEEK_MAX = 40;

/** Gives pages of gateways a public name and a certificate that any phone trusts. */
export interface PageNames {
  start(): void;
  stop(): Promise<void>;
  readonly ask: PageNameOf;
  settings(): Promise<KeptPageNames | undefined>;
  /** @throws GatehouseError `page-hook-in-clear`, `page-secret-missing` */
  configure(input: z.infer<typeof PageNameInput>, also?: Also<object>): Promise<void>;
  list(): Promise<PageNameTable[]>;
  /** The gateway is none of ours any more: nothing is ordered for it. */
  forget(gateway: string): void;
  /** Tries a name at once. @throws GatehouseError `page-name-unknown` */
  retry(gateway: string): Promise<void>;
}

export interface PageNamesParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

export function createPageNames({ store, clock, log }: PageNamesParts): PageNames {
  const waits = new Set<() => void>();
  let running = false;
  let timer: unknown;
  let working: Promise<void> | undefined;

  const pause = (ms: number) =>
    new Promise<void>((resolve, reject) => {
      const end = () => {
        clock.clearTimeout(waiting);
        reject(pageNameError('acme-too-slow'));
      };
      const waiting = clock.setTimeout(() => {
        waits.delete(end);
        resolve();
      }, ms);
      waits.add(end);
    });

  async function prove({ settings, secret }: KeptPageNames, name: string, value: string) {
    const record = { type: 'TXT' as const, name, value };
    await tellHook(settings.hook, secret, { action: 'set', ...record });
    await pause(settings.waitSeconds * 1_000);
    return {
      clear: () =>
        tellHook(settings.hook, secret, { action: 'clear', ...record }).catch((fault: Error) => {
          log.warn({ fault: fault.message }, 'a proof stays in DNS; it does no harm');
        }),
    };
  }

  async function order(kept: KeptPageNames, row: PageNameTable, request: string): Promise<void> {
    const now = clock.now();
    const recent = kept.ordered.filter((at) => at > now - WEEK_MS && at <= now);
    if (recent.length >= ORDERS_A_WEEK_MAX) throw pageNameError('acme-orders-full');
    await noteOrdered(store, [...recent, now]);
    const { directory, caCertificate: ca, contact } = kept.settings;
    const { account } = kept;
    const chain = await orderCertificate(
      {
        ...{ directory, ca, contact, account, pause },
        keep: (made) => noteAccount(store, made),
        prove: (name, value) => prove(kept, name, value),
      },
      row.name,
      requestDer(request),
    );
    const ends = await checked(chain, row.name, request);
    const ordered_at = clock.now();
    await changeName(store, row, { chain, ends, ordered_at, tries: 0, fault: null, answer: null });
    log.info({ gateway: row.gateway, ends }, 'the pages of a gateway have a certificate');
  }

  async function work(kept: KeptPageNames, row: PageNameTable): Promise<void> {
    const { gateway, name, address, request } = row;
    try {
      if (address !== null && address !== row.told_address) {
        const type = isIPv6(address) ? 'AAAA' : 'A';
        const record = { action: 'set' as const, type, name, value: address };
        await tellHook(kept.settings.hook, kept.secret, record as never);
        await noteTold(store, gateway, address);
      }
      if (request !== null && row.chain === null) await order(kept, row, request);
    } catch (raised) {
      if (!(raised instanceof GatehouseError)) throw raised;
      const { code, details } = raised;
      const wait = RETRY_MS[Math.min(row.tries, RETRY_MS.length - 1)] ?? HOUR_MS;
      const answer = typeof details.said === 'string' ? details.said : null;
      const tries = row.tries + 1;
      log.warn({ gateway, code, tries }, 'the pages of a gateway got no public name');
      const change = { tries, next_at: clock.now() + wait, fault: code, answer };
      await changeName(store, row, change);
    }
  }

  async function workOff(): Promise<void> {
    for (;;) {
      const kept = running ? await readPageNames(store) : undefined;
      const row = kept && (await dueName(store, clock.now()));
      if (!kept || !row) return;
      await work(kept, row);
    }
  }

  function nudge(): void {
    if (!running || working) return;
    clock.clearTimeout(timer);
    working = workOff()
      .catch((raised: unknown) => {
        log.error({ fault: storeFault(raised) }, 'public names could not be worked on');
      })
      .finally(() => {
        working = undefined;
        if (running) timer = clock.setTimeout(nudge, LOOK_EVERY_MS);
      });
  }

  return {
    start() {
      running = true;
      nudge();
    },
    async stop() {
      running = false;
      clock.clearTimeout(timer);
      for (const end of waits) end();
      await working;
      clock.clearTimeout(timer);
    },
    settings: () => readPageNames(store),
    list: () => listNames(store),
    async ask(gateway, { request, addresses }): Promise<PageAnswer> {
      const kept = await readPageNames(store);
      if (!kept) return { name: null, chain: null };
      const name = `${gateway}.${kept.settings.domain}`;
      if (request !== undefined) await readCertificateRequest(request);
      const found = await findName(store, gateway);
      const known = found?.name === name ? found : undefined;
      const change = changeOf(known, { request, address: addresses[0] }, clock.now());
      const fresh = blank(gateway, name, clock.now());
      if (!known) await putName(store, fresh, { ...fresh, ...change });
      else if (Object.keys(change).length > 0) await putName(store, fresh, change);
      const isSame = known !== undefined && request === known.request;
      nudge();
      return { name, chain: isSame ? known.chain : null };
    },
    async configure({ settings, secret }, also) {
      const known = await readPageNames(store);
      if (!settings) await writePageNames(store, null, also);
      else {
        checkHook(settings);
        // Whoever may set another hook shall not have the secret of this one sent there.
        const kept = settings.hook === known?.settings.hook ? known.secret : undefined;
        const given = secret ?? kept;
        if (given === undefined) throw pageNameError('page-secret-missing');
        await writePageNames(store, { settings, secret: given }, also);
      }
      nudge();
    },
    forget(gateway) {
      forgetName(store, gateway).catch((raised: unknown) => {
        log.error({ gateway, fault: storeFault(raised) }, 'a public name was not forgotten');
      });
    },
    async retry(gateway) {
      const row = await findName(store, gateway);
      if (!row) throw pageNameError('page-name-unknown', { id: gateway });
      await changeName(store, row, { next_at: clock.now(), tries: 0 });
      nudge();
    },
  };
}

/** What a question changes of what was known. */
function changeOf(
  known: PageNameTable | undefined,
  { request, address }: { request: string | undefined; address: string | undefined },
  now: number,
): Partial<PageNameTable> {
  const moved = address !== undefined && address !== known?.address ? { address } : {};
  if (request === undefined || request === known?.request) {
    return Object.keys(moved).length > 0 ? { ...moved, next_at: now } : {};
  }
  const soonest = (known?.ordered_at ?? Number.NEGATIVE_INFINITY) + ORDER_AGAIN_MS;
  const fresh = { chain: null, ends: null, tries: 0, fault: null, answer: null };
  return { ...moved, ...fresh, request, next_at: Math.max(now, soonest) };
}

function blank(gateway: string, name: string, now: number): PageNameTable {
  return {
    ...{ gateway, name, address: null, told_address: null, request: null, chain: null },
    ...{ ends: null, tries: 0, next_at: now, ordered_at: null, fault: null, answer: null },
  };
}

/** @returns when it ends @throws GatehouseError `acme-answer-invalid` */
async function checked(chain: string, name: string, request: string): Promise<number> {
  try {
    const leaf = new X509Certificate(chain);
    const { publicKey } = await readCertificateRequest(request);
    const wanted = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
    if (!leaf.publicKey.equals(wanted)) throw new Error('it is for another key');
    if (leaf.checkHost(name) === undefined) throw new Error('it is for another name');
    return leaf.validToDate.getTime();
  } catch (cause) {
    throw pageNameError('acme-answer-invalid', { said: (cause as Error).message }, cause);
  }
}
