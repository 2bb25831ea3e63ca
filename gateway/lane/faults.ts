import type { Clock, Timer } from '../clock.ts';

/** How often a lane that closed for its journal tries whether it can write again. */
const PROBE_MS = 5_000;

/** Why a lane is closed; it is open again when nothing is left. */
export interface Faults {
  start(): void;
  stop(): void;
  add(part: 'journal' | 'turnstile', code: string): void;
  clear(part: 'journal' | 'turnstile'): void;
  /** Stable code of what keeps the lane closed. */
  first(): string | undefined;
}

export interface FaultsOptions {
  readonly clock: Clock;
  /** Writes a journal row about the fault; that it succeeds shows that the journal is back. */
  readonly probe: (code: string) => Promise<void>;
  readonly onChange: (open: boolean) => void;
}

export function createFaults({ clock, probe, onChange }: FaultsOptions): Faults {
  const faults = new Map<string, string>();
  let timer: Timer;
  let stopped = true;

  function clear(part: string): void {
    if (faults.delete(part)) onChange(faults.size === 0);
  }

  function tryJournal(): void {
    const code = faults.get('journal');
    if (stopped || code === undefined) return;
    probe(code).then(
      () => clear('journal'),
      () => again(),
    );
  }

  function again(): void {
    clock.clearTimeout(timer);
    if (!stopped) timer = clock.setTimeout(tryJournal, PROBE_MS);
  }

  return {
    start() {
      stopped = false;
    },
    stop() {
      stopped = true;
      clock.clearTimeout(timer);
    },
    add(part, code) {
      const known = faults.get(part);
      faults.set(part, code);
      if (part === 'journal') again();
      else if (known !== code) probe(code).catch(() => undefined);
      if (known !== code) onChange(false);
    },
    clear,
    first: () => faults.values().next().value,
  };
}
