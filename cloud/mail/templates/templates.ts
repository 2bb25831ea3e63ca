import type { Clock, Log } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import { mailError } from '../errors.ts';
import { shipped } from './catalog.ts';
import {
  type Language,
  type TemplateInput,
  type TemplateName,
  type TheaterData,
  templateData,
  withSecureFlags,
} from './data.ts';
import type { Engine } from './engine.ts';
import type { Parts, Rendered, Use } from './job.ts';
import { samplesOf } from './samples.ts';
import { isKnownPath, placeholdersOf } from './shape.ts';
import { removeTemplate, savedTemplate, savedTemplates, saveTemplate } from './template-store.ts';

/** Something about a template that an administrator should know; it is saved all the same. */
export interface TemplateWarning {
  /** `missing`: the shipped template has it. `unknown`: it is always empty. */
  readonly kind: 'missing' | 'unknown';
  readonly placeholder: string;
  /** Where an unknown one stands, from 1. */
  readonly line: number | null;
}

export interface Template extends Parts {
  readonly name: TemplateName;
  readonly language: Language;
  /** When it was last saved; `null` for the shipped text. */
  readonly saved: number | null;
}

export interface Preview {
  readonly mail: Rendered;
  readonly warnings: readonly TemplateWarning[];
}

export interface Templates {
  list(): Promise<Template[]>;
  get(name: TemplateName, language: Language): Promise<Template>;
  /** @throws GatehouseError `template-faulty` and the engine's others; then nothing is saved */
  save(
    name: TemplateName,
    language: Language,
    parts: Parts,
    also?: () => void,
  ): Promise<readonly TemplateWarning[]>;
  /** Brings the shipped text back (M4). */
  restore(name: TemplateName, language: Language, also?: () => void): Promise<void>;
  /**
   * Fills in the given parts, or the template as it is, with the given data, or with samples.
   * @throws GatehouseError the engine's, and `template-data-invalid`
   */
  preview(
    name: TemplateName,
    language: Language,
    given: { parts?: Parts | undefined; data?: unknown },
  ): Promise<Preview>;
  /** For sending: an own template that fails on this data gives way to the shipped one. */
  render(name: TemplateName, language: Language, data: object): Promise<Rendered>;
}

export interface TemplateSources {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly engine: Engine;
  readonly timeZone: string;
  readonly theater: () => Promise<TheaterData>;
}

/**
 * Takes data for a template as its sender gives it.
 * @throws GatehouseError `template-data-invalid`
 */
export function templateDataOf<N extends TemplateName>(name: N, data: unknown): TemplateInput<N> {
  const read = templateData[name].safeParse(data);
  if (read.success) return withSecureFlags(read.data) as TemplateInput<N>;
  const { path, message } = read.error.issues[0] ?? { path: [], message: 'unknown' };
  throw mailError('template-data-invalid', { name, field: path.join('.'), fault: message });
}

export function createTemplates(sources: TemplateSources): Templates {
  const { store, clock, log, engine, timeZone } = sources;
  const shippedUses = new Map<string, readonly string[]>();

  async function run(parts: Parts, language: Language, data: object) {
    const theater = await sources.theater();
    return engine.render({ parts, data: { ...data, theater }, language, timeZone });
  }

  /** Placeholders of the shipped text that hold a value; lists come with what is in them. */
  async function usesOfShipped(name: TemplateName, language: Language) {
    const known = shippedUses.get(`${name} ${language}`);
    if (known) return known;
    const sample = templateDataOf(name, samplesOf(language)[name]);
    const { uses } = await run(shipped[language][name], language, sample);
    const values = placeholdersOf(name).filter(({ kind }) => kind !== 'list' && kind !== 'object');
    const paths = values.map(({ path }) => path).filter((path) => hasPath(uses, path));
    shippedUses.set(`${name} ${language}`, paths);
    return paths;
  }

  async function preview(name: TemplateName, language: Language, parts: Parts, data: object) {
    const { mail, uses } = await run(parts, language, data);
    const unknown = uses.filter(({ path }) => !isKnownPath(name, path));
    const missing = (await usesOfShipped(name, language)).filter((path) => !hasPath(uses, path));
    const warnings: TemplateWarning[] = [
      ...missing.map((placeholder) => ({ kind: 'missing' as const, placeholder, line: null })),
      ...unknown.map(({ path, line }) => ({ kind: 'unknown' as const, placeholder: path, line })),
    ];
    return { mail, warnings };
  }

  async function get(name: TemplateName, language: Language): Promise<Template> {
    const own = await savedTemplate(store, name, language);
    return own ? { ...own, name } : { name, language, ...shipped[language][name], saved: null };
  }

  return {
    get,
    async list() {
      const own = await savedTemplates(store);
      const find = (name: TemplateName, language: Language) =>
        own.find((one) => one.name === name && one.language === language);
      return (Object.keys(shipped) as Language[]).flatMap((language) =>
        (Object.keys(shipped[language]) as TemplateName[]).map((name) => {
          const parts = find(name, language) ?? shipped[language][name];
          return { ...parts, name, language, saved: find(name, language)?.saved ?? null };
        }),
      );
    },
    async save(name, language, { subject, html, text }, also) {
      const sample = templateDataOf(name, samplesOf(language)[name]);
      const { warnings } = await preview(name, language, { subject, html, text }, sample);
      const saved = clock.now();
      await saveTemplate(store, { name, language, subject, html, text, saved }, also);
      return warnings;
    },
    restore: (name, language, also) => removeTemplate(store, name, language, also),
    async preview(name, language, { parts, data }) {
      const given = templateDataOf(name, data ?? samplesOf(language)[name]);
      return preview(name, language, parts ?? (await get(name, language)), given);
    },
    async render(name, language, data) {
      const own = await savedTemplate(store, name, language);
      if (own) {
        try {
          return (await run(own, language, withSecureFlags(data))).mail;
        } catch (cause) {
          const { code } = cause as { code?: string };
          log.error(
            { template: name, language, code },
            'an own template failed; the shipped one goes',
          );
        }
      }
      return (await run(shipped[language][name], language, withSecureFlags(data))).mail;
    },
  };
}

function hasPath(uses: readonly Use[], path: string): boolean {
  return uses.some((use) => use.path === path);
}
