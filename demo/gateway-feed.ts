import type { GatewayEvent, GatewayStatus } from '@gatehouse/gateway';
import { eventReader } from './event-source.ts';

/** Pause before the gateway is asked again. */
const RETRY_MILLISECONDS = 300;
/** How often the status is asked beside the events, since it alone knows the whole queue. */
const STATUS_MILLISECONDS = 2_000;
const CALL_MILLISECONDS = 5_000;

export interface GatewayFeedParts {
  /** Where the gateway's own page answers, such as `http://127.0.0.1:8500`. */
  readonly base: string;
  onStatus(status: GatewayStatus): void;
  onEvent(event: GatewayEvent): void;
}

/** Follows what the gateway tells its screens, and finds it again when it was away. */
export interface GatewayFeed {
  start(): void;
  stop(): Promise<void>;
}

export function gatewayFeed(parts: GatewayFeedParts): GatewayFeed {
  let stopping = new AbortController();
  let work: Promise<unknown> = Promise.resolve();

  async function askStatus(signal: AbortSignal): Promise<void> {
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(CALL_MILLISECONDS)]);
    const answer = await fetch(new URL('/status', parts.base), { signal: timeout });
    if (answer.ok) parts.onStatus((await answer.json()) as GatewayStatus);
  }

  async function listen(signal: AbortSignal): Promise<void> {
    const answer = await fetch(new URL('/events', parts.base), { signal });
    if (!answer.ok || !answer.body) throw new Error(`events answered ${answer.status}`);
    await askStatus(signal);
    const read = eventReader((data) => parts.onEvent(JSON.parse(data) as GatewayEvent));
    const text = answer.body.pipeThrough(new TextDecoderStream());
    for await (const piece of text) read(piece);
  }

  async function again(run: () => Promise<void>, pause: number, signal: AbortSignal) {
    while (!signal.aborted) {
      // a gateway that is down is an everyday thing here; its process state tells people
      await run().catch(() => undefined);
      await rest(pause, signal);
    }
  }

  return {
    start() {
      stopping = new AbortController();
      const { signal } = stopping;
      work = Promise.all([
        again(() => listen(signal), RETRY_MILLISECONDS, signal),
        again(() => askStatus(signal), STATUS_MILLISECONDS, signal),
      ]);
    },
    async stop() {
      stopping.abort();
      await work;
    },
  };
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
