import type { JournalBody } from '@gatehouse/protocol';
import type { SettleParts } from './settle.ts';

/** Where a row stands: whose journal, which run, which number. */
export interface RowPlace {
  readonly gateway: string;
  readonly epoch: string;
  readonly seq: number;
}

/**
 * Keeps what a row says of the gateways beside its own: what an admission was made on, and where
 * its passage stands, so that it can be told whether the others had heard of it.
 */
export function notePeers(parts: SettleParts, place: RowPlace, body: JournalBody): void {
  const { gateway, epoch, seq } = place;
  const scan = body.scanId ?? `${epoch}/${seq}`;
  if (body.kind === 'intent') {
    const { split = false, unconfirmed = false, heard } = body;
    if (!split && !unconfirmed && heard === undefined) return;
    const noted = parts.scans.noteHeard(gateway, scan, { split, unconfirmed, heard });
    if (!noted) return;
    parts.watching.told(noted);
    parts.wrote(noted);
  }
  if (body.kind === 'result' && (body.result === 'passed' || body.result === 'late')) {
    const placed = parts.scans.placePassage(gateway, scan, { epoch, seq });
    if (placed) parts.watching.told(placed);
  }
}
