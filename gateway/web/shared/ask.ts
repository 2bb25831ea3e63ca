/** A request that has not been answered by then has failed. */
export const PATIENCE_MS = 5_000;
/** The gateway did not answer at all: no network, no power, or the wrong one. */
export const OUT_OF_REACH = 'out-of-reach';

/** What the gateway has refused, by its stable code; `out-of-reach` where it could not be asked. */
export class AskFault extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;
  constructor(code: string, status = 0, details: Readonly<Record<string, unknown>> = {}) {
    super(code);
    this.name = 'AskFault';
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * Asks the gateway; paths begin behind `/api/`.
 * @throws AskFault
 */
export async function ask<T>(
  method: Method,
  path: string,
  body?: object,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  let answer: Response;
  let said: unknown;
  try {
    answer = await fetch(`/api/${path}`, {
      method,
      signal: AbortSignal.timeout(patienceMs),
      cache: 'no-store',
      ...(body && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    said = answer.status === 204 ? undefined : await answer.json();
  } catch {
    throw new AskFault(OUT_OF_REACH);
  }
  if (answer.ok) return said as T;
  const { code, details } = (said ?? {}) as { code?: string; details?: Record<string, unknown> };
  throw new AskFault(code ?? `http-${answer.status}`, answer.status, details);
}

/** The code of what went wrong. @throws what no request can have thrown: a fault of ours */
export function codeOf(fault: unknown): string {
  if (fault instanceof AskFault) return fault.code;
  throw fault;
}
