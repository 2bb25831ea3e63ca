import { hintTexts, wordsOf } from '@gatehouse/protocol/verdicts';
import type { DisplayView } from '../shared/api.ts';
import type { Language } from '../shared/languages.ts';
import { lookOf, type Shape, type SignName } from '../shared/look.ts';
import { TEXTS } from '../texts/index.ts';

export type Tone = 'green' | 'red' | 'amber' | 'blue' | 'calm' | 'dark';

/** What one screen at a turnstile shows. */
export interface Panel {
  /** Stable name of what is shown: a verdict's key, or the lane's state. */
  readonly key: string;
  readonly tone: Tone;
  readonly sign: SignName;
  readonly shape: Shape;
  readonly word: string;
  /** What happened, where the word alone does not say it. */
  readonly what: string;
  readonly todo: string;
  /** The answer is the guest's own: place and language are theirs. */
  readonly isAnswer: boolean;
}

/**
 * The panel of a lane. Only a lane that says so itself, heard a moment ago, ever shows go:
 * a gateway out of reach comes first, then emergency, then what keeps the lane closed.
 */
export function panelOf(
  view: DisplayView | undefined,
  isLost: boolean,
  language: Language,
  timeZone: string,
): Panel {
  const say = TEXTS[language].display;
  const plain = (
    key: string,
    tone: Tone,
    sign: SignName,
    shape: Shape,
    word: string,
    todo: string,
  ) => ({ key, tone, sign, shape, word, what: '', todo, isAnswer: false }) satisfies Panel;
  if (isLost || !view) return plain('lost', 'dark', 'network', 'octagon', say.lost, say.lostTodo);
  const { state, verdict, hint, direction } = view;
  if (state === 'emergency') {
    return plain('emergency', 'green', 'arrow', 'circle', say.emergency, say.emergencyTodo);
  }
  if (state === 'closed') {
    return plain('closed', 'red', 'lock', 'octagon', say.closed, say.closedTodo);
  }
  if (state === 'deciding') return plain('read', 'calm', 'dots', 'none', say.read, say.readTodo);
  if (verdict) return answerPanel(verdict, language, timeZone);
  if (hint) {
    const [what, todo] = hintTexts[language][hint];
    return plain(`hint-${hint}`, 'calm', 'ticket', 'none', what, todo);
  }
  if (direction === 'exit') {
    return plain('idle', 'calm', 'arrow', 'none', say.idleExit, say.idleExitTodo);
  }
  return plain('idle', 'calm', 'ticket', 'none', say.idle, say.idleTodo);
}

function answerPanel(
  verdict: NonNullable<DisplayView['verdict']>,
  language: Language,
  timeZone: string,
): Panel {
  const { tone, sign, shape, word } = lookOf(verdict.key);
  const { what, todo } = wordsOf(verdict, language, timeZone);
  const big = TEXTS[language].common[word];
  return { key: verdict.key, tone, sign, shape, word: big, what, todo, isAnswer: true };
}
