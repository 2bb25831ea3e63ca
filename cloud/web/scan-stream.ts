import type { Api } from './api.ts';

/** Pause before the stream is asked for again, doubled up to the last. */
const FIRST_PAUSE_MILLISECONDS = 1_000;
const LAST_PAUSE_MILLISECONDS = 15_000;
/** An event that grows beyond this is no event. */
const MAX_PENDING_CHARACTERS = 500_000;

/** Events of a stream as they come: the `data` of each. Lines may be cut anywhere. */
export async function* eventsOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of pieces) {
    rest += piece;
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    if (rest.length > MAX_PENDING_CHARACTERS) throw new RangeError('an event has no end');
    for (const block of blocks) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).replace(/^ /, ''));
      if (data.length > 0) yield data.join('\n');
    }
  }
}

/** Follows a live stream until the signal, coming back after every break. */
export async function follow<T>(
  api: Api,
  path: string,
  signal: AbortSignal,
  on: { item(item: T): void; live(live: boolean): void },
): Promise<void> {
  let pause = FIRST_PAUSE_MILLISECONDS;
  while (!signal.aborted) {
    try {
      const { body } = await api.open(path, signal);
      if (!body) throw new Error('this browser reads no streams');
      on.live(true);
      pause = FIRST_PAUSE_MILLISECONDS;
      for await (const data of eventsOf(textOf(body))) on.item(JSON.parse(data) as T);
    } catch (error) {
      if (!signal.aborted) console.warn(`the stream ${path} broke`, error);
    }
    on.live(false);
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LAST_PAUSE_MILLISECONDS);
  }
}

/** Not every browser can walk over a stream with `for await`. */
async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel();
  }
}
