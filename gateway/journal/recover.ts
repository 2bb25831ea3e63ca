import type { DatabaseSync } from 'node:sqlite';
import type { JournalBody } from '@gatehouse/protocol';
import type { Recovered, RecoveredPassage, Unsettled } from './rows.ts';

/** Admissions without the cloud count for an hour. */
const OFFLINE_MS = 3_600_000;

/**
 * Reads what the runs before this one left behind. A body that can't be read is left to the cloud,
 * which parks it.
 */
export function recover(db: DatabaseSync): Recovered {
  const open = new Map<string, Unsettled>();
  const said = new Map<string, Unsettled['verdict']['key']>();
  const passed: RecoveredPassage[] = [];
  const offline = offlineAdmissions();
  const kept = db.prepare("SELECT value FROM about WHERE name = 'last-wall'").get();
  let lastWall = Number(kept?.value ?? 0);
  for (const row of db.prepare('SELECT body, wall, stored FROM row ORDER BY id').iterate()) {
    lastWall = Math.max(lastWall, Number(row.wall));
    const body = bodyOf(String(row.body));
    if (!body) continue;
    offline.look(body);
    if (body.scanId === undefined) continue;
    const { scanId } = body;
    if (body.kind === 'intent') {
      open.set(scanId, { ...body, isWritten: false });
      said.set(scanId, body.free ? 're-entry' : body.verdict.key);
    } else if (body.kind === 'result' && body.result === 'unsettled') {
      const intent = open.get(scanId);
      if (intent) open.set(scanId, { ...intent, isWritten: true });
    } else if (body.kind === 'result') {
      open.delete(scanId);
      if (body.result !== 'passed' && body.result !== 'late') continue;
      passed.push({ ...body, verdict: said.get(scanId), stored: row.stored === 1 });
    }
  }
  return { lastWall, unsettled: [...open.values()], passed, offline: offline.lastHour() };
}

/**
 * Admissions without the cloud by the time that the runs themselves have counted: a wall clock that
 * was moved makes none of them older. Time between two runs is unknown and does not count.
 */
function offlineAdmissions() {
  const found = new Map<string, { performance: string; at: number; isGivenBack: boolean }>();
  let elapsed = 0;
  let last: { boot: string; mono: number } | undefined;
  return {
    look(body: JournalBody): void {
      const { boot, mono } = body.at;
      const newest = last?.boot === boot ? last.mono : mono;
      // A row that was owed stands after newer ones: that time is counted already.
      elapsed += Math.max(0, mono - newest);
      last = { boot, mono: Math.max(mono, newest) };
      const { scanId, performance } = body;
      if (scanId === undefined) return;
      if (body.kind === 'intent' && body.verdict.key === 'offline' && performance !== undefined) {
        found.set(scanId, { performance, at: elapsed, isGivenBack: false });
      } else if (body.kind === 'result') {
        const admitted = found.get(scanId);
        if (admitted) admitted.isGivenBack = ['released', 'cancelled'].includes(body.result);
      }
    },
    lastHour: () =>
      [...found]
        .filter(([, { isGivenBack }]) => !isGivenBack)
        .map(([scanId, { performance, at }]) => ({ scanId, performance, age: elapsed - at }))
        .filter(({ age }) => age < OFFLINE_MS),
  };
}

/** What a restart needs begins like this; refusals and most events, most of a journal, do not. */
const NEEDED = ['{"kind":"intent"', '{"kind":"result"', '{"kind":"event","event":"st'];

/**
 * What is left was written by this program and is only looked over: a whole schema for each of
 * 100,000 rows would hold up the start.
 */
function bodyOf(text: string): JournalBody | undefined {
  if (!NEEDED.some((beginning) => text.startsWith(beginning))) return undefined;
  try {
    const body = JSON.parse(text) as JournalBody;
    if (typeof body.at?.wall !== 'number' || typeof body.at.mono !== 'number') return undefined;
    if (body.kind === 'event') return body;
    const isWhole = typeof body.scanId === 'string';
    return isWhole && (body.kind !== 'intent' || body.verdict?.key) ? body : undefined;
  } catch {
    // not readable: no ground to stand on
    return undefined;
  }
}
