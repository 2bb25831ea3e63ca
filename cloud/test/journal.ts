import { createHash } from 'node:crypto';
import { FIRST_PREVIOUS, type JournalBody, type JournalRow, sealedText } from '@gatehouse/protocol';

/** Writes journal rows as a gateway does, each sealing the one before. */
export function journalWriter(first = 1, from = FIRST_PREVIOUS) {
  let seq = first - 1;
  let previous = from;
  return {
    write(body: JournalBody | string): JournalRow {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const digest = createHash('sha256').update(sealedText(previous, text)).digest('hex');
      seq += 1;
      const row = { seq, previous, digest, body: text };
      previous = digest;
      return row;
    },
  };
}
