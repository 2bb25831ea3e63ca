/** What stands in `previous` of the first row of an epoch. */
export const FIRST_PREVIOUS = '0'.repeat(64);

/** The text whose SHA-256 is a row's digest, so that each row seals the one before it. */
export function sealedText(previous: string, body: string): string {
  return `${previous}\n${body}`;
}
