import type { Clock } from '../../ports.ts';
import type { Attempt, OutgoingSms, SmsProvider } from './provider.ts';

/** Waits before the first and every later repeat. */
export const RETRY_WAITS_MS = [1_000, 4_000] as const;

/** Sends a message, again only where the provider certainly did not take it. */
export async function sendWithRetries(
  provider: SmsProvider,
  message: OutgoingSms,
  parts: { clock: Clock; stopped: AbortSignal },
): Promise<Attempt> {
  let attempt = await provider.send(message);
  for (let retries = 0; retries < attempt.retriesMax; retries++) {
    const wait = RETRY_WAITS_MS[retries];
    if (wait === undefined) break;
    await pause(wait, parts);
    if (parts.stopped.aborted) break;
    attempt = await provider.send(message);
  }
  return attempt;
}

function pause(ms: number, parts: { clock: Clock; stopped: AbortSignal }): Promise<void> {
  const { clock, stopped } = parts;
  return new Promise((resolve) => {
    const done = () => {
      clock.clearTimeout(timer);
      stopped.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.setTimeout(done, ms);
    stopped.addEventListener('abort', done);
    if (stopped.aborted) done();
  });
}
