import type { Moment } from '../facts.ts';

export type Outcome = 'admit' | 'refuse' | 'wait';
export type Colour = 'green' | 'red' | 'amber' | 'blue';
export type Symbol =
  | 'tick'
  | 'cross'
  | 'person'
  | 'clock'
  | 'arrow'
  | 'lock'
  | 'repeat'
  | 'network';
export type Sound = 'go' | 'stop' | 'attention';
export type Language = 'nl' | 'en' | 'fr' | 'de';
export const LANGUAGES: readonly Language[] = ['nl', 'en', 'fr', 'de'];

interface Look {
  readonly outcome: Outcome;
  readonly colour: Colour;
  readonly symbol: Symbol;
  readonly sound: Sound;
}

const go = (symbol: Symbol = 'tick'): Look => ({
  outcome: 'admit',
  colour: 'green',
  symbol,
  sound: 'go',
});
const stop = (symbol: Symbol = 'cross', colour: Colour = 'red'): Look => ({
  outcome: 'refuse',
  colour,
  symbol,
  sound: 'stop',
});
const wait = (symbol: Symbol): Look => ({
  outcome: 'wait',
  colour: 'amber',
  symbol,
  sound: 'attention',
});

/** Every verdict there is, by its stable key: what it does and how it looks and sounds. */
export const VERDICTS = {
  ok: go(),
  're-entry': go('repeat'),
  'pass-use': go(),
  override: go('person'),
  offline: go('network'),
  exit: go('arrow'),
  'exit-unmatched': go('arrow'),
  unknown: stop(),
  forged: stop(),
  'expired-code': stop('clock'),
  'code-used': stop('repeat'),
  'clock-skew': stop('clock'),
  'stale-phone': stop('network'),
  superseded: stop('lock'),
  'already-used': stop('repeat'),
  'just-admitted': stop('repeat', 'blue'),
  'already-inside': stop('repeat'),
  busy: stop('clock', 'amber'),
  cancelled: stop(),
  blocked: stop('lock'),
  'taken-back': stop(),
  unpaid: stop(),
  'wrong-performance': stop('arrow'),
  'wrong-hall': stop('arrow'),
  'wrong-entrance': stop('arrow'),
  'too-early': stop('clock'),
  'too-late': stop('clock'),
  full: stop('person'),
  'lane-closed': stop('lock'),
  'needs-connection': stop('network'),
  'clock-untrusted': stop('clock'),
  policy: stop('person'),
  fault: stop('lock'),
  staff: wait('person'),
  group: wait('person'),
} as const satisfies Record<string, Look>;

export type VerdictKey = keyof typeof VERDICTS;
export const VERDICT_KEYS = Object.keys(VERDICTS) as VerdictKey[];

/** What a verdict's text speaks of; each is filled in where the verdict has it. */
export interface VerdictDetails {
  /** A moment: of the earlier use, of opening, of the start. */
  readonly at?: Moment | undefined;
  readonly lane?: string | undefined;
  readonly seconds?: number | undefined;
  readonly left?: number | undefined;
  readonly hall?: string | undefined;
  readonly entrance?: string | undefined;
  readonly title?: string | undefined;
  readonly people?: number | undefined;
  readonly by?: string | undefined;
  /** `staff`: the verdict that a person now has to judge; `policy`: the words of the rule. */
  readonly reason?: string | undefined;
}

export interface Verdict {
  readonly key: VerdictKey;
  readonly details: VerdictDetails;
}

export function verdict(key: VerdictKey, details: VerdictDetails = {}): Verdict {
  return { key, details };
}

export function outcomeOf(key: VerdictKey): Outcome {
  return VERDICTS[key].outcome;
}
