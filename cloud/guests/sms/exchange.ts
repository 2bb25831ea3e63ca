import type { Clock } from '../../ports.ts';
import { type Attempt, type ProviderAnswer, refused } from './provider.ts';

/** A provider that has not answered by then gets no second request: it may have taken the first. */
export const ANSWER_WITHIN_MS = 10_000;
/** Bytes of an answer that are read; the longest documented one has under 2 KiB. */
export const ANSWER_BYTES_MAX = 64 * 1024;
/** Repeats of a request that certainly reached nobody, or that the provider asks to repeat. */
export const RETRIES_MAX = 2;

/** Faults after which not one byte of the request has left. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

export interface ProviderRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * What became of a request. `not-sent`: certainly nobody has it. `no-answer`: it has left and may
 * have been taken, so it must never be repeated blindly.
 */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: ProviderAnswer }
  | { readonly kind: 'not-sent' | 'no-answer'; readonly code: string };

export type Exchange = (request: ProviderRequest) => Promise<Outcome>;

/**
 * Posts to a provider, once.
 * @param parts.stopped ends what is under way; it then counts as unanswered
 */
export function createExchange(parts: {
  fetch: typeof fetch;
  clock: Clock;
  stopped: AbortSignal;
}): Exchange {
  const { clock } = parts;
  return async ({ url, headers, body }) => {
    const late = new AbortController();
    const timer = clock.setTimeout(() => late.abort(), ANSWER_WITHIN_MS);
    try {
      const response = await parts.fetch(url, {
        method: 'POST',
        // A kept connection that the provider has just closed would leave us in doubt.
        headers: { ...headers, connection: 'close' },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([late.signal, parts.stopped]),
      });
      const text = await readText(response);
      return { kind: 'answer', answer: { status: response.status, body: text } };
    } catch (fault) {
      const ended = parts.stopped.aborted ? 'stopped' : codeOf(fault);
      const code = late.signal.aborted ? 'timeout' : ended;
      return { kind: NOT_SENT.has(code) ? 'not-sent' : 'no-answer', code };
    } finally {
      clock.clearTimeout(timer);
    }
  };
}

async function readText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    pieces.push(piece);
    bytes += piece.byteLength;
    if (bytes > ANSWER_BYTES_MAX) break;
  }
  return Buffer.concat(pieces).subarray(0, ANSWER_BYTES_MAX).toString('utf8');
}

/** `fetch` hides the system's code in the cause, and that of several addresses one deeper. */
function codeOf(fault: unknown): string {
  const { cause } = fault as { cause?: { code?: string; errors?: { code?: string }[] } };
  return cause?.code ?? cause?.errors?.[0]?.code ?? 'network';
}

/** The attempt for a request without an answer. */
export function unanswered(outcome: { kind: 'not-sent' | 'no-answer'; code: string }): Attempt {
  const answer = { status: 0, body: outcome.code };
  const retries = outcome.kind === 'not-sent' ? RETRIES_MAX : 0;
  return refused('provider-down', `${outcome.kind}: ${outcome.code}`, retries, answer);
}

/** The attempt for an answer that is not one of the provider's documented ones. */
export function undocumented(answer: ProviderAnswer): Attempt {
  const { status } = answer;
  const raw = `HTTP ${status}`;
  if (status === 401 || status === 403) return refused('auth', raw, 0, answer);
  if (status === 429) return refused('throttled', raw, RETRIES_MAX, answer);
  // A proxy before the provider may say so after the message went through.
  if (status >= 500) return refused('provider-down', raw, 0, answer);
  if (status >= 300) return refused('config', raw, 0, answer);
  return refused('unknown', raw, 0, answer);
}

/** JSON of an answer; `undefined` for anything else. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (fault) {
    if (fault instanceof SyntaxError) return undefined;
    throw fault;
  }
}
