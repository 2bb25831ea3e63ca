import type { Clock } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import { LANGUAGES, type Language } from '../templates/data.ts';
import { cleanRichText, isEmptyRichText } from './rich-text.ts';
import { shippedTexts, TEXT_NAMES, type TextName } from './shipped-texts.ts';

/** Characters of one text at most. */
export const TEXT_MAX = 20_000;

export interface ExplanationText {
  readonly name: TextName;
  readonly language: Language;
  /** What administrators wrote, cleaned; empty where the shipped text is shown. */
  readonly own: string;
  /** What guests see. */
  readonly html: string;
}

/** Explanation texts of the shop (M3). */
export interface Texts {
  /** What guests see: the own text, or the shipped one where there is none. Safe to put in a page. */
  text(name: TextName, language: Language): Promise<string>;
  list(): Promise<ExplanationText[]>;
  /** Keeps a cleaned text; an empty one brings the shipped text back. */
  set(
    name: TextName,
    language: Language,
    html: string,
    also?: (own: string) => void,
  ): Promise<ExplanationText>;
}

export function createTexts({ store, clock }: { store: Store; clock: Clock }): Texts {
  const viewOf = (name: TextName, language: Language, own: string): ExplanationText => ({
    ...{ name, language, own },
    html: own === '' ? cleanRichText(shippedTexts[language][name]) : own,
  });

  async function owned(): Promise<Map<string, string>> {
    const rows = await store.read.selectFrom('explanation_texts').selectAll().execute();
    return new Map(rows.map(({ name, language, html }) => [`${name} ${language}`, html]));
  }

  return {
    async text(name, language) {
      const own = (await owned()).get(`${name} ${language}`) ?? '';
      return viewOf(name, language, own).html;
    },
    async list() {
      const own = await owned();
      return LANGUAGES.flatMap((language) =>
        TEXT_NAMES.map((name) => viewOf(name, language, own.get(`${name} ${language}`) ?? '')),
      );
    },
    async set(name, language, html, also) {
      const clean = cleanRichText(html.slice(0, TEXT_MAX));
      const own = isEmptyRichText(clean) ? '' : clean;
      const row = { html: own, saved: clock.now() };
      await store.db.transaction().execute(async (step) => {
        await step
          .insertInto('explanation_texts')
          .values({ name, language, ...row })
          .onConflict((conflict) => conflict.columns(['name', 'language']).doUpdateSet(row))
          .execute();
        also?.(own);
      });
      return viewOf(name, language, own);
    },
  };
}
