import type { z } from 'zod';
import { gatewayError } from '../errors.ts';

/** What a request says, checked. @throws GatehouseError `local-request-invalid` */
export function read<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') || '(whole)';
  throw gatewayError('local-request-invalid', { field, fault: issue?.message ?? 'wrong' });
}
