import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const DOCS = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'sms.md');

/** Codes of alarms that docs/sms.md lists, sorted. */
export async function alarmCodes(): Promise<string[]> {
  const text = await readFile(DOCS, 'utf8');
  const section = text.split('## Alarms')[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([\w-]+)` \| (?:alarm|notice) /gm)]
    .map(([, code]) => code ?? '')
    .toSorted();
}
