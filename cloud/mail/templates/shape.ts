import { z } from 'zod';
import { type TemplateName, Theater, templateData } from './data.ts';

/** One thing a template can name, like `reserveerinfo.voorstellingen[].titel`. */
export interface Placeholder {
  readonly path: string;
  readonly kind: 'text' | 'number' | 'boolean' | 'list' | 'object';
  readonly note: string;
}

/** All placeholders of a template in the order of its schema; `[]` stands for one of a list. */
export function placeholdersOf(name: TemplateName): Placeholder[] {
  return placeholders.get(name) ?? [];
}

/** Whether a path like `optie.tot` leads to something in the template's data. */
export function isKnownPath(name: TemplateName, path: string): boolean {
  return placeholdersOf(name).some((known) => known.path === path);
}

const placeholders = new Map<TemplateName, Placeholder[]>(
  Object.entries(templateData).map(([name, schema]) => [
    name as TemplateName,
    walk(z.strictObject({ ...schema.shape, theater: Theater }), ''),
  ]),
);

function walk(schema: z.ZodType, path: string): Placeholder[] {
  const note = schema.description ?? '';
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodObject) {
    const inner = Object.entries(bare.shape as Record<string, z.ZodType>).flatMap(([key, field]) =>
      walk(field, path === '' ? key : `${path}.${key}`),
    );
    return path === '' ? inner : [{ path, kind: 'object', note }, ...inner];
  }
  if (bare instanceof z.ZodArray) {
    return [{ path, kind: 'list', note }, ...walk(bare.element as z.ZodType, `${path}[]`)];
  }
  return [{ path, kind: kindOf(bare), note: note || (bare.description ?? '') }];
}

function kindOf(schema: z.ZodType): Placeholder['kind'] {
  if (schema instanceof z.ZodNumber) return 'number';
  return schema instanceof z.ZodBoolean ? 'boolean' : 'text';
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return unwrapped(schema.unwrap() as z.ZodType);
  }
  return schema;
}
