/** Who changes something: a person of the house, or a token. */
export interface Who {
  /** `staff:<id>` or `token:<name>`. */
  readonly id: string;
  readonly name: string;
}

/** One line of the log of changes, without who and when. */
export interface Change {
  /** In a few words with hyphens: `staff-roles-changed`. */
  readonly what: string;
  /** Id of what was changed. */
  readonly subject?: string | undefined;
  /** No codes, secrets or phone numbers. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** The log of changes, for who has a change to be written down; cloud/staff keeps it. */
export interface ChangeLog {
  /** In the transaction of the change, so that neither is there without the other. */
  note(who: Who, change: Change): void;
}

/** Runs in the transaction of a change with what was and what is now. */
export type Also<T> = (old: T, next: T) => void;

/** Fields of one change in the log at most; the others are counted. */
const FIELDS_MAX = 40;
const TEXT_MAX = 200;

/** Which fields differ, each as [old, new]; long texts are cut. */
export function differences(old: object, next: object): Record<string, unknown> {
  const [before, after] = [Object.entries(old), Object.entries(next)].map(
    (entries) => new Map<string, unknown>(entries),
  ) as [Map<string, unknown>, Map<string, unknown>];
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (field) => JSON.stringify(before.get(field)) !== JSON.stringify(after.get(field)),
  );
  const shown = changed
    .slice(0, FIELDS_MAX)
    .map((field) => [field, [cut(before.get(field)), cut(after.get(field))]]);
  const more = changed.length - shown.length;
  return Object.fromEntries([...shown, ...(more > 0 ? [['more', more]] : [])]);
}

function cut(value: unknown): unknown {
  const long = typeof value === 'string' && value.length > TEXT_MAX;
  return long ? `${value.slice(0, TEXT_MAX)}…` : (value ?? null);
}
