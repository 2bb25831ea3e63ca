import type { PageLanguage } from './texts.ts';

/** What this visitor holds to the camera. */
export type Held = 'phone' | 'paper' | 'screenshot';

/** What happened, as far as the guide follows it. */
export type Happening =
  | {
      readonly type: 'verdict';
      readonly held: Held;
      /** The ticket held, so that "the same again" can be told from "another". */
      readonly ticket: string;
      readonly key: string;
      readonly admitted: boolean;
      readonly cut: boolean;
    }
  | { readonly type: 'passed' | 'released'; readonly held: Held; readonly ticket: string }
  | { readonly type: 'drained' };

export type StepName = 'paper' | 'again' | 'phone' | 'screenshot' | 'nobody' | 'cut' | 'restore';
export const STEPS: readonly StepName[] = [
  'paper',
  'again',
  'phone',
  'screenshot',
  'nobody',
  'cut',
  'restore',
];

/** What the guide remembers; `halves` are parts of a step seen so far. */
export interface GuideState {
  readonly done: readonly StepName[];
  readonly halves: readonly string[];
}

export const GUIDE_START: GuideState = { done: [], halves: [] };

/** The step to show as next: the first one not done; `undefined` when all are. */
export function currentStep(guide: GuideState): StepName | undefined {
  return STEPS.find((step) => !guide.done.includes(step));
}

/** Ticks off what this happening proves. Steps may be done in any order. */
export function nextGuide(guide: GuideState, happening: Happening): GuideState {
  if (happening.type === 'drained') {
    return guide.done.includes('cut') ? tick(guide, 'restore') : guide;
  }
  if (happening.type === 'verdict') return nextByVerdict(guide, happening);
  if (happening.type === 'released') return half(guide, `released ${happening.ticket}`);
  return happening.held === 'screenshot' ? guide : tick(guide, happening.held);
}

function nextByVerdict(
  guide: GuideState,
  happening: Extract<Happening, { type: 'verdict' }>,
): GuideState {
  const { held, admitted, key, ticket, cut } = happening;
  if (cut && held === 'paper' && admitted) return bothHalves(guide, 'cut paper', 'cut phone');
  if (cut && held === 'phone' && key === 'needs-connection') {
    return bothHalves(guide, 'cut phone', 'cut paper');
  }
  if (admitted && guide.halves.includes(`released ${ticket}`)) return tick(guide, 'nobody');
  if (held === 'paper' && !admitted && guide.done.includes('paper')) return tick(guide, 'again');
  const taken = key === 'code-used' || key === 'expired-code' || key === 'already-used';
  if (held === 'screenshot' && (taken || key === 'just-admitted')) return tick(guide, 'screenshot');
  return guide;
}

function bothHalves(guide: GuideState, seen: string, other: string): GuideState {
  const next = half(guide, seen);
  return next.halves.includes(other) ? tick(next, 'cut') : next;
}

/** Parts remembered at most; older ones fall out. */
const MAX_HALVES = 20;

function half(guide: GuideState, name: string): GuideState {
  if (guide.halves.includes(name)) return guide;
  return { ...guide, halves: [name, ...guide.halves].slice(0, MAX_HALVES) };
}

function tick(guide: GuideState, step: StepName): GuideState {
  if (guide.done.includes(step)) return guide;
  return { ...guide, done: [...guide.done, step] };
}

type StepTexts = Readonly<Record<StepName, readonly [short: string, long: string]>>;

export const stepTexts: Readonly<Record<PageLanguage, StepTexts>> = {
  en: {
    paper: ['Paper in', 'Hold the paper ticket to the camera and let the guest walk through.'],
    again: ['Not twice', 'Hold the same paper ticket to the camera again: it has been used.'],
    phone: ['Phone in', 'Take a screenshot first, then hold the phone to the camera and walk.'],
    screenshot: ['No copies', 'Show the screenshot: its code is dead, whoever holds it.'],
    nobody: [
      'Nobody walks',
      'New ticket: hold it, let the time run out, hold it again. A ticket is used only by walking.',
    ],
    cut: ['Cable cut', 'Cut the network cable: a new paper ticket gets in, the phone has to wait.'],
    restore: ['All there', 'Plug the cable in again and see the journal arrive in the cloud.'],
  },
  nl: {
    paper: ['Papier erin', 'Houd het papieren ticket voor de camera en laat de gast doorlopen.'],
    again: ['Niet twee keer', 'Houd hetzelfde papieren ticket nog eens voor: het is gebruikt.'],
    phone: ['Telefoon erin', 'Maak eerst een screenshot, houd dan de telefoon voor en loop.'],
    screenshot: ['Geen kopie', 'Toon de screenshot: die code is dood, wie hem ook toont.'],
    nobody: [
      'Niemand loopt',
      'Nieuw ticket: houd het voor, wacht tot de tijd om is, nog eens. Pas lopen is gebruiken.',
    ],
    cut: ['Kabel eruit', 'Trek de kabel eruit: een nieuw papieren ticket mag, de telefoon wacht.'],
    restore: ['Alles er', 'Steek de kabel er weer in en zie het journaal in de cloud aankomen.'],
  },
};
