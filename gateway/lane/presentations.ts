import type { TicketLabel, Verdict, VerdictKey } from '@gatehouse/protocol';

/** The same code seen again within this time is still the same presentation. */
export const PRESENTATION_MS = 1_500;
/** A code that is held out goes before the judge again this long after a passing reason to refuse. */
export const RECONSIDER_MS = 5_000;
/** Reasons to refuse that may pass while the code is still held out. */
export const PASSING: readonly VerdictKey[] = [
  'busy',
  'needs-connection',
  'lane-closed',
  'fault',
  'clock-untrusted',
];
/** Codes in view at once that are told apart; the one seen longest ago is forgotten. */
const IN_VIEW_MAX = 8;

/** What a lane said of a code. */
export interface Answer {
  readonly verdict: Verdict;
  readonly label?: TicketLabel | undefined;
  readonly scanId?: string | undefined;
}

interface Presentation {
  seen: number;
  answer?: Answer | undefined;
  /** Monotonic milliseconds from which on it is judged anew while it is held out. */
  anew: number;
}

/** The codes that are held out at a lane now, so that each is judged once and answered always. */
export interface Presentations {
  /** Sees a code; gives its presentation while it lasts, `undefined` for a new one. */
  see(code: string, now: number): { readonly answer?: Answer | undefined } | undefined;
  begin(code: string, now: number): void;
  /** @param anew when it may be judged again while it is held out; never, if left out */
  answer(code: string, answer: Answer, anew?: number): void;
}

export function createPresentations(): Presentations {
  const inView = new Map<string, Presentation>();
  return {
    see(code, now) {
      const known = inView.get(code);
      if (!known) return undefined;
      const goesOn = now - known.seen <= PRESENTATION_MS && now < known.anew;
      known.seen = now;
      return goesOn ? known : undefined;
    },
    begin(code, now) {
      inView.delete(code);
      inView.set(code, { seen: now, anew: Number.POSITIVE_INFINITY });
      if (inView.size <= IN_VIEW_MAX) return;
      const [[oldest]] = [...inView].sort(([, a], [, b]) => a.seen - b.seen) as [[string, unknown]];
      inView.delete(oldest);
    },
    answer(code, answer, anew = Number.POSITIVE_INFINITY) {
      const known = inView.get(code);
      if (known) Object.assign(known, { answer, anew });
    },
  };
}
