import {
  createSynchronousArrayLoader,
  createSynchronousEnvironment,
  createSynchronousFilter,
  type TwingSandboxSecurityPolicy,
  type TwingSynchronousEnvironment,
} from 'twing';
import { ALLOWED_FILTERS, ALLOWED_TAGS } from './allowed.ts';
import type { Language } from './data.ts';
import { createWriting, type Writing } from './filters.ts';
import { inspect, Refusal } from './inspect.ts';
import type { Job, Outcome, Parts, TemplateFault, Use } from './job.ts';
import { plainText } from './plain-text.ts';

/** Characters that the parts of a filled-in mail have at most, each. */
export const OUTPUT_MAX = 512 * 1024;
export const SUBJECT_MAX = 200;

const PART_NAMES = ['subject', 'html', 'text'] as const;

/**
 * Checks and fills in a template. Runs in a process of its own: a template can take for ever.
 * The static check comes first; the sandbox of the engine is the second wall.
 */
export function render({ parts, data, language, timeZone }: Job): Outcome {
  const context = dataOf(data) as Map<string, unknown>;
  const made = { subject: '', html: '', text: '' };
  const uses: Use[] = [];
  for (const part of PART_NAMES) {
    const source = parts[part];
    if (source === null) continue;
    try {
      const environment = environmentFor(part, source, language, timeZone);
      uses.push(...inspect(environment, source));
      made[part] = environment.render('template', Object.fromEntries(context), {
        sandboxed: true,
      });
      if (made[part].length > OUTPUT_MAX) return { ok: false, fault: 'too-much' };
    } catch (cause) {
      if (isTooMuch(cause)) return { ok: false, fault: 'too-much' };
      return { ok: false, fault: { part, ...faultOf(cause) } };
    }
  }
  const text = parts.text === null ? plainText(made.html) : made.text;
  return { ok: true, mail: { ...made, subject: oneLine(made.subject), text }, uses };
}

function environmentFor(
  part: keyof Parts,
  source: string,
  language: Language,
  timeZone: string,
): TwingSynchronousEnvironment {
  const environment = createSynchronousEnvironment(
    createSynchronousArrayLoader({ template: source }),
    { sandboxPolicy: policy, ...(part === 'html' ? { autoEscapingStrategy: 'html' } : {}) },
  );
  environment.registerEscapingStrategy((value) => escapeHtml(String(value)), 'html');
  const writing = writingOf(language, timeZone);
  for (const name of ['datum', 'tijd', 'geld'] as const) {
    environment.addFilter(createSynchronousFilter(name, (_, value) => writing[name](value), []));
  }
  const pattern = { name: 'format', defaultValue: null };
  environment.addFilter(
    createSynchronousFilter('date', (_, value, format) => writing.date(value, format), [pattern]),
  );
  return environment;
}

const writings = new Map<string, Writing>();

/** Made once per language, since the formatters inside are slow to make. */
function writingOf(language: Language, timeZone: string): Writing {
  const key = `${language} ${timeZone}`;
  const writing = writings.get(key) ?? createWriting(language, timeZone);
  writings.set(key, writing);
  return writing;
}

/** Data is nested Maps: no methods of ours, no prototypes. */
const policy: TwingSandboxSecurityPolicy = {
  checkMethodAllowed(candidate, method) {
    if (method === 'toString' && (candidate instanceof Map || Array.isArray(candidate))) return;
    throw new Error(`the method "${method}" is not allowed`);
  },
  checkPropertyAllowed(candidate, property) {
    if (candidate instanceof Map) return;
    throw new Error(`the property "${property}" is not allowed`);
  },
  checkSecurity(tags, filters, functions) {
    const wrong = (token: string | undefined, type: 'tag' | 'filter' | 'function') =>
      token === undefined ? null : { message: `${type} "${token}" is not allowed`, token, type };
    return (
      wrong(
        tags.find((tag) => !ALLOWED_TAGS.includes(tag)),
        'tag',
      ) ??
      wrong(
        filters.find((filter) => !ALLOWED_FILTERS.includes(filter)),
        'filter',
      ) ??
      wrong(functions[0], 'function')
    );
  },
};

function dataOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dataOf);
  if (value === null || typeof value !== 'object') return value;
  return new Map(Object.entries(value).map(([key, inner]) => [key, dataOf(inner)]));
}

const HTML_ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The engine's own leaves `'` as it is, which ends an attribute in single quotes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => HTML_ESCAPES[sign] ?? '');
}

/** A string beyond what a string can be, or nesting beyond the stack. */
function isTooMuch(cause: unknown): boolean {
  if (cause instanceof RangeError) return true;
  const { previous } = cause as { previous?: unknown };
  return previous instanceof RangeError;
}

function faultOf(cause: unknown): Omit<TemplateFault, 'part'> {
  if (cause instanceof Refusal) {
    return { line: cause.line, column: cause.column, fault: cause.message };
  }
  const { location, rootMessage, message } = cause as {
    location?: { line: number; column: number };
    rootMessage?: string;
    message: string;
  };
  const { line, column } = location ?? { line: 1, column: 1 };
  return { line, column, fault: (rootMessage ?? message).slice(0, 300) };
}

/** A subject is a header: one line, nothing that could end it. */
function oneLine(subject: string): string {
  return subject
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, SUBJECT_MAX);
}
