import type { Clock, Timer } from '../clock.ts';

/** How often a lane that closed tries whether its journal or its relay is back. */
export const PROBE_MS = 5_000;

/** `turnstile` is what the device says of itself, `relay` what the lane found out, `person` who shut it. */
export type Part = 'journal' | 'turnstile' | 'relay' | 'person';

/** Parts that are tried whether they are back; the others speak for themselves. */
type Probed = Exclude<Part, 'turnstile' | 'person'>;
const isProbed = (part: Part): part is Probed => part === 'journal' || part === 'relay';

/** Why a lane is closed; it is open again when nothing is left. */
export interface Faults {
  start(): void;
  stop(): void;
  add(part: Part, code: string): void;
  /** @param code clears only this one */
  clear(part: Part, code?: string): void;
  has(part: Part): boolean;
  /** Stable code of what keeps the lane closed. */
  first(): string | undefined;
  /** Stable code of what would, were the lane not set to go on without it. */
  tolerated(): string | undefined;
}

export interface FaultsOptions {
  readonly clock: Clock;
  /** Try whether a part is back; a device speaks for itself. */
  readonly probes: Readonly<Record<Probed, (code: string) => Promise<void>>>;
  /** A part that closes nothing, because the venue has chosen so. */
  readonly tolerates?: Part | undefined;
  /** A part other than the journal failed: worth a row. */
  readonly note: (code: string) => unknown;
  readonly onChange: () => void;
}

export function createFaults(options: FaultsOptions): Faults {
  const { clock, probes, tolerates, note, onChange } = options;
  const faults = new Map<Part, string>();
  const timers = new Map<Part, Timer>();
  let stopped = true;

  function clear(part: Part, code?: string): void {
    if (code !== undefined && faults.get(part) !== code) return;
    if (!faults.delete(part)) return;
    clock.clearTimeout(timers.get(part));
    onChange();
  }

  function probe(part: Probed): void {
    const code = faults.get(part);
    if (stopped || code === undefined) return;
    probes[part](code).then(
      () => clear(part),
      () => again(part),
    );
  }

  function again(part: Probed): void {
    clock.clearTimeout(timers.get(part));
    if (stopped) return;
    timers.set(
      part,
      clock.setTimeout(() => probe(part), PROBE_MS),
    );
  }

  return {
    start() {
      stopped = false;
      for (const part of faults.keys()) if (isProbed(part)) again(part);
    },
    stop() {
      stopped = true;
      for (const timer of timers.values()) clock.clearTimeout(timer);
    },
    add(part, code) {
      const known = faults.get(part);
      faults.set(part, code);
      if (isProbed(part) && known === undefined) again(part);
      if (known === code) return;
      if (part !== 'journal') note(code);
      onChange();
    },
    clear,
    has: (part) => faults.has(part),
    first: () => [...faults].find(([part]) => part !== tolerates)?.[1],
    tolerated: () => tolerates && faults.get(tolerates),
  };
}
