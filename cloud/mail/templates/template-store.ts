import type { Store } from '../../store/index.ts';
import type { Language, TemplateName } from './data.ts';
import type { Parts } from './render.ts';

export interface SavedTemplate extends Parts {
  readonly name: string;
  readonly language: Language;
  readonly saved: number;
}

export async function savedTemplates(store: Store): Promise<SavedTemplate[]> {
  return store.read.selectFrom('mail_templates').selectAll().execute();
}

export async function savedTemplate(
  store: Store,
  name: TemplateName,
  language: Language,
): Promise<SavedTemplate | undefined> {
  return store.read
    .selectFrom('mail_templates')
    .selectAll()
    .where('name', '=', name)
    .where('language', '=', language)
    .executeTakeFirst();
}

export async function saveTemplate(store: Store, template: SavedTemplate): Promise<void> {
  const { subject, html, text, saved } = template;
  await store.db
    .insertInto('mail_templates')
    .values(template)
    .onConflict((conflict) =>
      conflict.columns(['name', 'language']).doUpdateSet({ subject, html, text, saved }),
    )
    .execute();
}

export async function removeTemplate(
  store: Store,
  name: TemplateName,
  language: Language,
): Promise<void> {
  await store.db
    .deleteFrom('mail_templates')
    .where('name', '=', name)
    .where('language', '=', language)
    .execute();
}
