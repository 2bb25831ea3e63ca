import type { Clock, Log } from '../ports.ts';
import { storeFault } from '../store/index.ts';
import type { PortalStore } from './portal-store.ts';
import type { LoginCodes, PortalLanguage } from './ports.ts';
import { isListed } from './windows.ts';

/** Numbers that wait to be looked at, at most; more are let go, and people are told. */
export const CODES_WAITING_MAX = 20_000;
/** The answer has long left when the number is looked at: nobody can time the difference. */
export const CODE_DELAY_MS = 250;

export interface CodeAsked {
  /** E.164. */
  readonly phone: string;
  readonly address: string;
  readonly language: PortalLanguage;
  /** Whether this browser has been logged in with this very number before. */
  readonly known: boolean;
}

export interface CodeDesk {
  /** Takes the wish for a code; always the same work, whoever asks. */
  ask(asked: CodeAsked): void;
  /** Waits until everything asked so far is done. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Sends a code only to a number that holds a ticket inside its window (S5), and never while the
 * guest who asked is waiting for the answer.
 */
export function createCodeDesk(parts: {
  readonly codes: LoginCodes;
  readonly tickets: PortalStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Host of the page where the code is entered. */
  host(): string;
}): CodeDesk {
  const { codes, tickets, clock, log } = parts;
  const waiting = new Map<string, CodeAsked>();
  let working: Promise<void> | undefined;
  let timer: unknown;
  let overflowing = false;

  async function send({ phone, address, language, known }: CodeAsked): Promise<void> {
    const now = clock.now();
    const inside = tickets
      .ticketsOf(phone, now)
      .find(({ status, window }) => status === 'valid' && isListed(window, now));
    if (!inside) return;
    // A phone that had these tickets before is the rightful guest's: one SMS is kept for it.
    const keptBack = known ? inside.performance.id : undefined;
    await codes.send({ purpose: 'login', phone, address, language, host: parts.host(), keptBack });
  }

  async function work(): Promise<void> {
    for (const [phone, asked] of waiting) {
      waiting.delete(phone);
      await send(asked).catch((cause: unknown) => {
        const { code } = storeFault(cause) as { code?: string };
        log.error({ code }, 'a login code could not be sent');
      });
    }
    overflowing = false;
    working = undefined;
  }

  function begin(): Promise<void> {
    clock.clearTimeout(timer);
    timer = undefined;
    working ??= work();
    return working;
  }

  return {
    ask(asked) {
      if (waiting.size >= CODES_WAITING_MAX) {
        if (!overflowing) log.error({ code: 'portal-busy' }, 'logins are asked for in masses');
        overflowing = true;
        return;
      }
      const before = waiting.get(asked.phone);
      waiting.set(asked.phone, before?.known ? before : asked);
      timer ??= clock.setTimeout(() => void begin(), CODE_DELAY_MS);
    },
    async idle() {
      while (waiting.size > 0 || working) await begin();
    },
    async stop() {
      clock.clearTimeout(timer);
      waiting.clear();
      await working;
    },
  };
}
