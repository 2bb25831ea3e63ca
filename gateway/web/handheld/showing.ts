import type { HandAnswer } from '../shared/api.ts';

/** A ticket out of sight for so long belongs to a guest who has gone: its answer is put away. */
export const FRESH_MS = 8_000;

/** What stands in the middle of the handheld's screen. */
export type Showing =
  | { readonly kind: 'ready'; readonly last?: Told | undefined }
  | { readonly kind: 'asking'; readonly scanId: string }
  | ({ readonly kind: 'answer' } & Told)
  /** No answer came: nobody was let in as far as anyone here knows. */
  | { readonly kind: 'no-answer'; readonly code: string };

export interface Told {
  readonly answer: HandAnswer;
  /** Monotonic milliseconds at which it came. */
  readonly at: number;
  /** Until when its ticket was seen being held out. */
  readonly seen: number;
}

/** Whose turn it is on the screen. Only the answer to the newest question is ever shown. */
export interface Screen {
  readonly showing: Showing;
  ask(scanId: string): void;
  /** @returns whether it was shown: an answer to an older question is not */
  answer(asked: string, answer: HandAnswer, at: number): boolean;
  fail(asked: string, code: string): boolean;
  /** The same ticket is still being held out: its answer stands. */
  again(at: number): void;
  /** Puts away what is no longer news. */
  tick(now: number): void;
  /** Whatever is shown may be old: the gateway is out of reach, or somebody else identified. */
  clear(): void;
}

export function createScreen(): Screen {
  let showing: Showing = { kind: 'ready' };
  let newest = '';
  return {
    get showing() {
      return showing;
    },
    ask(scanId) {
      newest = scanId;
      showing = { kind: 'asking', scanId };
    },
    answer(asked, answer, at) {
      if (asked !== newest) return false;
      showing = { kind: 'answer', answer, at, seen: at };
      return true;
    },
    fail(asked, code) {
      if (asked !== newest) return false;
      showing = { kind: 'no-answer', code };
      return true;
    },
    again(at) {
      if (showing.kind === 'answer') showing = { ...showing, seen: at };
    },
    tick(now) {
      if (showing.kind !== 'answer' || now - showing.seen < FRESH_MS) return;
      const { answer, at, seen } = showing;
      showing = { kind: 'ready', last: { answer, at, seen } };
    },
    clear() {
      newest = '';
      showing = { kind: 'ready' };
    },
  };
}
