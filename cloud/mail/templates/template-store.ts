import type { Store } from '../../store/index.ts';
import type { Language, TemplateName } from './data.ts';
import type { Parts } from './job.ts';

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

/** @param also in the same transaction */
export async function saveTemplate(
  store: Store,
  template: SavedTemplate,
  also?: () => void,
): Promise<void> {
  const { subject, html, text, saved } = template;
  await store.db.transaction().execute(async (step) => {
    await step
      .insertInto('mail_templates')
      .values(template)
      .onConflict((conflict) =>
        conflict.columns(['name', 'language']).doUpdateSet({ subject, html, text, saved }),
      )
      .execute();
    also?.();
  });
}

/** @param also in the same transaction */
export async function removeTemplate(
  store: Store,
  name: TemplateName,
  language: Language,
  also?: () => void,
): Promise<void> {
  await store.db.transaction().execute(async (step) => {
    await step
      .deleteFrom('mail_templates')
      .where('name', '=', name)
      .where('language', '=', language)
      .execute();
    also?.();
  });
}
