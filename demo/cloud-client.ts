import type { z } from 'zod';
import { demoError } from './errors.ts';

/** How long one call to the cloud may take. */
const CALL_MILLISECONDS = 10_000;

/** Calls the cloud's HTTP API with an administrator's token. */
export interface CloudClient {
  /**
   * @returns the answer, checked by `schema`
   * @throws GatehouseError `demo-cloud-away`, `demo-cloud-refused`
   */
  call<T>(
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    schema: z.ZodType<T>,
    body?: unknown,
  ): Promise<T>;
}

export function cloudClient(base: string, token: () => Promise<string>): CloudClient {
  return {
    async call(method, path, schema, body) {
      const answer = await reached(async () =>
        fetch(new URL(path, base), {
          method,
          headers: {
            authorization: `Bearer ${await token()}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(CALL_MILLISECONDS),
        }),
      );
      const text = await reached(() => answer.text());
      const refused = (fault: string) =>
        demoError('demo-cloud-refused', {
          status: answer.status,
          what: `${method} ${path}`,
          fault,
        });
      if (!answer.ok) throw refused(faultIn(text));
      const checked = schema.safeParse(jsonOf(text));
      if (checked.success) return checked.data;
      const issue = checked.error.issues[0];
      throw refused(`unexpected answer at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
    },
  };
}

async function reached<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw demoError('demo-cloud-away', {}, cause);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the cloud says is wrong, in its own words. */
function faultIn(text: string): string {
  const body = jsonOf(text);
  if (typeof body === 'object' && body !== null && 'message' in body) return String(body.message);
  return text.slice(0, 200);
}
