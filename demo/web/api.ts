/** An answer that was no success; the message is the server's own. */
export class RefusedError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'RefusedError';
    this.code = code;
  }
}

/** Asks the demonstration for something under /demo/. Throws `RefusedError`. */
export async function ask<T = unknown>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  const picture = body instanceof Blob;
  const answer = await fetch(`/demo/${path}`, {
    method,
    ...(body === undefined ? {} : { body: picture ? body : JSON.stringify(body) }),
    headers: body === undefined || picture ? {} : { 'content-type': 'application/json' },
  });
  const said = (await answer.json().catch(() => ({}))) as { code?: string; message?: string };
  if (answer.ok) return said as T;
  throw new RefusedError(said.code ?? 'unknown', said.message ?? `${answer.status}`);
}
