import { CODE_LENGTH_MAX } from './canonical.ts';
import { isRegularCode } from './regular.ts';
import { isSecureText } from './secure.ts';

/** What a canonical text is, by exact grammar and length alone. */
export type CodeKind = 'regular' | 'secure' | 'config' | 'other';

export const CONFIG_PREFIX = 'GHC1:';

/**
 * The kind of a canonical text. Reserved kinds match by their exact grammar; `other` is looked up
 * in the ticket store like `regular`, since imported tickets keep their own text.
 */
export function kindOf(text: string): CodeKind {
  if (isSecureText(text)) return 'secure';
  if (isRegularCode(text)) return 'regular';
  if (text.startsWith(CONFIG_PREFIX)) return 'config';
  return 'other';
}

/** Whether an import must refuse this text: it would be taken for one of our own codes. */
export function isReserved(text: string): boolean {
  return kindOf(text) !== 'other' || text.length > CODE_LENGTH_MAX || text === '';
}

/**
 * How many bits of a text a forger would have to guess, at most: its alphabet's bits for each
 * character after `shared`, the beginning that it has in common with others.
 */
export function guessBits(text: string, shared = 0): number {
  const own = text.slice(shared);
  const alphabet = /^\d*$/.test(own) ? 10 : /^[\dA-Z]*$/.test(own) ? 36 : 64;
  return Math.floor(own.length * Math.log2(alphabet));
}

/** Below this an imported code is called guessable and the administrator is told. */
export const GUESSABLE_BELOW_BITS = 64;
