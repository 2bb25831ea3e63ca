import {
  type Colour,
  outcomeOf,
  type Sound,
  VERDICTS,
  type VerdictKey,
  type Symbol as VerdictSymbol,
} from '@gatehouse/protocol/verdicts';

export type SignName = VerdictSymbol | 'ticket' | 'dots';
/** The frame around a symbol: circle goes, octagon stops, diamond waits, square was just now. */
export type Shape = 'circle' | 'octagon' | 'diamond' | 'square' | 'none';
/** The one word in large letters. */
export type Word = 'go' | 'stop' | 'wait' | 'justNow';

/** How a verdict looks, sounds and feels, on every screen of the gateway. */
export interface Look {
  readonly tone: Colour;
  readonly sign: SignName;
  readonly shape: Shape;
  readonly word: Word;
  readonly sound: Sound;
  /** Milliseconds on and off, as `navigator.vibrate` takes them. */
  readonly vibration: readonly number[];
}

const VIBRATIONS: Readonly<Record<Sound, readonly number[]>> = {
  go: [70],
  stop: [250, 90, 250],
  attention: [90, 70, 90, 70, 90],
};

/** The look of a verdict; only what admits is ever green and has a circle. */
export function lookOf(key: VerdictKey): Look {
  const { colour, symbol, sound } = VERDICTS[key];
  const vibration = VIBRATIONS[sound];
  const rest = { tone: colour, sign: symbol, sound, vibration };
  if (outcomeOf(key) === 'admit') return { ...rest, shape: 'circle', word: 'go' };
  if (outcomeOf(key) === 'wait') return { ...rest, shape: 'diamond', word: 'wait' };
  if (colour === 'blue') return { ...rest, shape: 'square', word: 'justNow' };
  if (colour === 'amber') return { ...rest, shape: 'diamond', word: 'wait' };
  return { ...rest, shape: 'octagon', word: 'stop' };
}
