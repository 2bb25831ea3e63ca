import type { LocalEvent } from './api.ts';

/** The stream is opened again so long after it broke. */
const AGAIN_MS = 1_000;

export interface News {
  stop(): void;
}

/**
 * Hears what changes at the gateway, as long as it is wanted. A stream that breaks is opened again;
 * each begins with everything as it is, so nothing is missed.
 * @param onBroken the line is gone now; whatever the screen shows may be old
 */
export function hear(
  path: string,
  onEvent: (event: LocalEvent) => void,
  onBroken: () => void,
): News {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    const mine = new EventSource(`/api/${path}`);
    source = mine;
    mine.onmessage = ({ data }) => onEvent(JSON.parse(data as string) as LocalEvent);
    mine.onerror = () => {
      mine.close();
      if (source !== mine) return;
      source = undefined;
      onBroken();
      timer = setTimeout(open, AGAIN_MS);
    };
  }

  open();
  return {
    stop() {
      clearTimeout(timer);
      source?.close();
      source = undefined;
    },
  };
}
