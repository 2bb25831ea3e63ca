/** Why a sender cannot be used, or what to know of it. */
export interface SenderCheck {
  readonly fault?:
    | 'sender-empty'
    | 'sender-length'
    | 'sender-characters'
    | 'sender-mobile'
    | 'sender-generic';
  readonly warnings: readonly 'sender-replaced-be'[];
}

const TEXT_MIN = 3;
const TEXT_MAX = 11;
const DIGITS_MIN = 3;
/** The lowest of what providers document. */
const DIGITS_MAX = 15;
/** Names that carriers refuse, since they say nothing. */
const GENERIC = new Set(['INFO', 'SMS', 'TEST', 'CODE', 'VERIFY', 'NOTICE', 'ALERT']);

/**
 * Checks who an SMS says it is from: 3–11 letters and digits, or a number. A Dutch 06 number may
 * not be used by applications; Belgian networks put a number in place of a text.
 */
export function checkSender(sender: string): SenderCheck {
  if (sender === '') return { fault: 'sender-empty', warnings: [] };
  const digits = /^\+?(\d+)$/.exec(sender)?.[1];
  if (digits !== undefined) return checkNumber(digits);
  if (!/^[A-Za-z0-9 ]+$/.test(sender) || sender.trim() !== sender) {
    return { fault: 'sender-characters', warnings: [] };
  }
  if (sender.length < TEXT_MIN || sender.length > TEXT_MAX) {
    return { fault: 'sender-length', warnings: [] };
  }
  if (GENERIC.has(sender.toUpperCase())) return { fault: 'sender-generic', warnings: [] };
  return { warnings: ['sender-replaced-be'] };
}

function checkNumber(digits: string): SenderCheck {
  if (digits.length < DIGITS_MIN || digits.length > DIGITS_MAX) {
    return { fault: 'sender-length', warnings: [] };
  }
  if (/^(?:(?:00)?31|0)6/.test(digits)) return { fault: 'sender-mobile', warnings: [] };
  return { warnings: [] };
}
