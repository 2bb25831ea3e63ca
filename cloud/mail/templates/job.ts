import type { Language } from './data.ts';

/*
 * What the cloud and the process that fills in templates say to each other. Only that process loads
 * the engine.
 */

/** Where a template names something, like `voorstelling.titel` inside a loop. */
export interface Use {
  /** From the root of the data: `reserveerinfo.voorstellingen[].titel`. */
  readonly path: string;
  readonly line: number;
}

/** Subject, HTML, and a text part of its own if there is one. */
export interface Parts {
  readonly subject: string;
  readonly html: string;
  readonly text: string | null;
}

/** A mail as it is sent; `text` is derived from the HTML where the template has none. */
export interface Rendered {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

export interface Job {
  readonly parts: Parts;
  readonly data: object;
  readonly language: Language;
  readonly timeZone: string;
}

/** Where and why a part of a template is refused; lines and columns count from 1. */
export interface TemplateFault {
  readonly part: keyof Parts;
  readonly line: number;
  readonly column: number;
  readonly fault: string;
}

export type Outcome =
  | { readonly ok: true; readonly mail: Rendered; readonly uses: readonly Use[] }
  | { readonly ok: false; readonly fault: TemplateFault | 'too-slow' | 'too-much' };

/** How long one template may run, in milliseconds of the machine's own clock. */
export const RENDER_MS_MAX = 2_000;
