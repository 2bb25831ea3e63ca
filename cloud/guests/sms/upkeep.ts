import type { Clock, Log } from '../../ports.ts';
import { storeFault } from '../../store/index.ts';
import type { MessageStore } from './message-store.ts';

/** How long the outbox shows a number and a code. */
export const OUTBOX_KEPT_MS = 10 * 60_000;
/** How long it is known that a message went out, and of alarms. */
export const MESSAGES_KEPT_MS = 30 * 86_400_000;
/** Time between two rounds: numbers and codes stay on disk this much longer at most. */
export const ROUND_MS = 60_000;
/** Rows of one transaction; a round goes on until none are left. */
const STEP_ROWS = 500;

/** A text without what could be a code. */
export const withoutCodes = (text: string) =>
  text.replace(/\d{4,}/g, (digits) => '•'.repeat(digits.length));

/** Takes codes and numbers out of the outbox, and removes what was kept long enough. */
export function createUpkeep(parts: {
  messages: MessageStore;
  tenant: string;
  clock: Clock;
  log: Log;
}) {
  const { messages, tenant, clock, log } = parts;
  let timer: unknown;
  let running: Promise<void> = Promise.resolve();
  let ended = false;

  async function round(): Promise<void> {
    const now = clock.now();
    let left = STEP_ROWS;
    while (left === STEP_ROWS) {
      left = await messages.blank(now - OUTBOX_KEPT_MS, STEP_ROWS, withoutCodes);
    }
    left = STEP_ROWS;
    while (left === STEP_ROWS) {
      left = await messages.prune(tenant, now - MESSAGES_KEPT_MS, STEP_ROWS);
    }
  }

  function plan(): void {
    timer = clock.setTimeout(() => {
      running = round()
        .catch((fault: unknown) => {
          const { code } = storeFault(fault) as { code?: string };
          log.error({ code }, 'old messages could not be removed; trying again');
        })
        .finally(() => {
          if (!ended) plan();
        });
    }, ROUND_MS);
  }

  return {
    async start() {
      await round();
      plan();
    },
    async stop() {
      ended = true;
      clock.clearTimeout(timer);
      await running;
    },
  };
}
