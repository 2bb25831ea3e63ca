import { z } from 'zod';
import { JournalBody } from './messages.ts';
import { TOPICS } from './topics.ts';

/** A JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of every message by its place under a gateway's topic (`up/validate`), and of
 * the text that stands in a journal row's `body` (`journal-body`).
 */
export function jsonSchemas(): Record<string, JsonSchema> {
  const schemas: Record<string, JsonSchema> = {};
  for (const [way, topics] of Object.entries(TOPICS)) {
    for (const [name, { schema }] of Object.entries(topics)) {
      schemas[`${way}/${name}`] = describe(schema);
    }
  }
  schemas['journal-body'] = describe(JournalBody);
  return schemas;
}

/** As it is read: unknown members are let in and dropped, so that a newer sender is understood. */
function describe(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
}
