/** Who has to do something about an error. */
export type Actor = 'guest' | 'staff' | 'technician' | 'administrator' | 'developer' | 'nobody';

/** One row of a room's error table. The code never changes; the message may. */
export interface ErrorEntry {
  /** Who acts. */
  readonly acts: Actor;
  /** What is wrong and what to do; `{name}` is filled in. */
  readonly message: string;
  /** HTTP status where the error is answered over HTTP; 500 when left out. */
  readonly status?: number;
}

export type ErrorTable = Readonly<Record<string, ErrorEntry>>;

/** An error with a stable code from a room's table. */
export class GatehouseError extends Error {
  readonly code: string;
  readonly acts: Actor;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, entry: ErrorEntry, details: Record<string, unknown>, cause?: unknown) {
    super(fill(entry.message, details), cause === undefined ? undefined : { cause });
    this.name = 'GatehouseError';
    this.code = code;
    this.acts = entry.acts;
    this.status = entry.status ?? 500;
    this.details = details;
  }
}

/** Makes the one function with which a room raises the errors of its table. */
export function errorsOf<T extends ErrorTable>(table: T) {
  return (code: keyof T & string, details: Record<string, unknown> = {}, cause?: unknown) =>
    new GatehouseError(code, table[code] as ErrorEntry, details, cause);
}

/** Puts `details` into the `{name}` places of a text; an unknown name stays as it is. */
export function fill(text: string, details: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(details, name) ? String(details[name]) : whole,
  );
}
