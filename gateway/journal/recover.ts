import type { DatabaseSync } from 'node:sqlite';
import type { JournalBody } from '@gatehouse/protocol';
import type { Recovered, RecoveredPassage, Unsettled } from './rows.ts';

/**
 * Reads what the runs before this one left behind. A body that can't be read is left to the cloud,
 * which parks it.
 */
export function recover(db: DatabaseSync): Recovered {
  const open = new Map<string, Unsettled>();
  const said = new Map<string, Unsettled['verdict']['key']>();
  const passed: RecoveredPassage[] = [];
  const kept = db.prepare("SELECT value FROM about WHERE name = 'last-wall'").get();
  let lastWall = Number(kept?.value ?? 0);
  for (const row of db.prepare('SELECT body, wall, stored FROM row ORDER BY id').iterate()) {
    lastWall = Math.max(lastWall, Number(row.wall));
    const body = bodyOf(String(row.body));
    if (body?.scanId === undefined) continue;
    const { scanId } = body;
    if (body.kind === 'intent') {
      open.set(scanId, { ...body, isWritten: false });
      said.set(scanId, body.verdict.key);
    } else if (body.kind === 'result' && body.result === 'unsettled') {
      const intent = open.get(scanId);
      if (intent) open.set(scanId, { ...intent, isWritten: true });
    } else if (body.kind === 'result') {
      open.delete(scanId);
      if (body.result !== 'passed' && body.result !== 'late') continue;
      passed.push({ ...body, verdict: said.get(scanId), stored: row.stored === 1 });
    }
  }
  return { lastWall, unsettled: [...open.values()], passed };
}

/**
 * Refusals and events say nothing that a restart needs; they are most of a journal. What is left
 * was written by this program and is only looked over: a whole schema for each of 100,000 rows
 * would hold up the start.
 */
function bodyOf(text: string): JournalBody | undefined {
  if (!text.startsWith('{"kind":"intent"') && !text.startsWith('{"kind":"result"'))
    return undefined;
  try {
    const body = JSON.parse(text) as JournalBody;
    const isWhole = typeof body.scanId === 'string' && typeof body.at?.wall === 'number';
    return isWhole && (body.kind !== 'intent' || body.verdict?.key) ? body : undefined;
  } catch {
    // not readable: no ground to stand on
    return undefined;
  }
}
