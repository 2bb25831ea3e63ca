import type { JournalBody } from '@gatehouse/protocol';
import { type Journal, JournalFile, type PlacedRow } from '../journal/index.ts';

/** The journal's file without its thread, for tests on virtual time. */
export interface FileJournal extends Journal {
  /** The process is gone: nothing more is written. */
  die(): void;
}

export function fileJournal(file: string, epoch: string): FileJournal {
  let open: JournalFile | undefined;
  const listeners = new Set<(row: PlacedRow) => void>();
  const disk = (): JournalFile => {
    if (!open) throw new Error('the journal is not open');
    return open;
  };
  return {
    epoch,
    get waiting() {
      return open?.waiting ?? 0;
    },
    get head() {
      return { epoch, seq: open?.seq ?? 0 };
    },
    async start() {
      open = new JournalFile({ file, epoch });
      return open.recovered;
    },
    async stop() {
      open?.close();
      open = undefined;
    },
    async append(body: JournalBody) {
      const [row] = disk().append([{ body: JSON.stringify(body), wall: body.at.wall }]);
      for (const listener of listeners) listener(row as PlacedRow);
      return row?.seq ?? 0;
    },
    unstored: async (limit, but) => disk().unstored(limit, but),
    rowsAfter: async (of, seq, limit) => disk().rowsAfter(of, seq, limit),
    epochs: async () => disk().epochs(),
    used: async () => disk().used,
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stored: (of, upTo) => disk().stored(of, upTo),
    prune: (before, keep) => disk().prune(before, keep),
    die() {
      listeners.clear();
      open?.close();
      open = undefined;
    },
  };
}
