import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import {
  addresses,
  type CertificateOptions,
  type WebCertificate,
  webCertificate,
} from './certificate.ts';
import { PAGE_FILE } from './public-name.ts';

/** A new certificate in the files, or another address of this machine, is noticed within this. */
export const CERTIFICATE_LOOK_MS = 60_000;
/** Whoever renews certificates does so a month before their end; when less is left, that failed. */
export const CERTIFICATE_LOW_MS = 14 * 86_400_000;

/** How the certificate of the gateway's own pages is. */
export interface CertificateView {
  /** SHA-256 of what a person compares. */
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly ends: number;
  /** Why the one in the files is not used, if it isn't: another one is, so that lanes work. */
  readonly fault?: string | undefined;
  /** The public name that it is for, where the cloud has got it. */
  readonly name?: string | undefined;
}

export interface KeptCertificate {
  /** Gives the one to begin with. @throws GatehouseError `web-certificate-unusable` */
  start(): Promise<WebCertificate>;
  stop(): Promise<void>;
  /** There may be another one in the files. */
  look(): void;
  readonly view: CertificateView | undefined;
}

export interface KeptCertificateParts {
  readonly options: Omit<CertificateOptions, 'now'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Is told of each that takes over from another. */
  onNew(certificate: WebCertificate): void;
}

/** Looks after the certificate of the gateway's own pages; a bad file never ends a good one. */
export function createKeptCertificate(parts: KeptCertificateParts): KeptCertificate {
  const { options, clock, log } = parts;
  let current: WebCertificate | undefined;
  let fault: string | undefined;
  let mark = '';
  let timer: Timer;
  let running = false;
  let looking: Promise<void> = Promise.resolve();

  const make = (from: Omit<CertificateOptions, 'now'>) =>
    webCertificate({ ...from, now: Math.round(clock.wall()) });

  /** Whether there is something to read or make that was not there before. */
  async function isOther(): Promise<boolean> {
    const before = mark;
    mark = await markOf(options);
    const left = (current?.ends ?? 0) - clock.wall();
    const isOwnOld = options.certificate === undefined && left < CERTIFICATE_LOW_MS;
    return mark !== before || fault !== undefined || isOwnOld;
  }

  async function look(): Promise<void> {
    if (!(await isOther())) return;
    try {
      const next = await make(options);
      fault = undefined;
      if (next.chain === current?.chain) return;
      current = next;
      log.info({ ends: next.ends }, 'the pages have another certificate');
      parts.onNew(next);
    } catch (error) {
      noteFault(error as Error);
    }
  }

  function noteFault({ message }: Error): void {
    if (message !== fault) log.error({ code: 'web-certificate-unusable', fault: message }, message);
    fault = message;
  }

  function plan(): void {
    timer = clock.setTimeout(() => lookNow(), CERTIFICATE_LOOK_MS);
  }

  function lookNow(): void {
    clock.clearTimeout(timer);
    looking = looking
      .then(look)
      .catch((error: Error) => noteFault(error))
      .finally(() => {
        clock.clearTimeout(timer);
        if (running) plan();
      });
  }

  return {
    async start() {
      mark = await markOf(options);
      try {
        current = await make(options);
      } catch (error) {
        // Without files there is nothing else to take.
        if (options.certificate === undefined) throw error;
        noteFault(error as Error);
        current = await make({ ...options, certificate: undefined, key: undefined });
      }
      running = true;
      plan();
      return current;
    },
    async stop() {
      running = false;
      clock.clearTimeout(timer);
      await looking;
      clock.clearTimeout(timer);
    },
    look() {
      if (running) lookNow();
    },
    get view() {
      const { fingerprint, ends, name } = current ?? {};
      if (fingerprint === undefined || ends === undefined) return undefined;
      return { fingerprint, ends, fault, ...(name === undefined ? {} : { name }) };
    },
  };
}

/** What would change if a file were another, or this machine reached at another address. */
async function markOf({ data, certificate, key }: Omit<CertificateOptions, 'now'>) {
  const given = certificate === undefined ? [] : [certificate];
  const files = given.length > 0 ? [...given, ...(key ? [key] : [])] : [join(data, PAGE_FILE)];
  const marks = files.map((file) =>
    stat(file).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
      () => 'missing',
    ),
  );
  const own = given.length > 0 ? [] : addresses();
  return [...own, ...(await Promise.all(marks))].join();
}
