import { type MessagePort, parentPort } from 'node:worker_threads';
import { UnsafeJournal } from './journal-database.ts';
import { JournalFile, type NewRow } from './journal-file.ts';
import type { FromWriter, JournalOptions, PlacedRow, Told, ToWriter } from './rows.ts';

/**
 * The journal's writer thread. What arrives while one commit syncs goes into the next: group
 * commit, so that fifty lanes cost little more than one.
 */
const GROUP_MAX = 256;

const port = parentPort as MessagePort;
let file: JournalFile | undefined;
let options: JournalOptions | undefined;
let told: Told;
let queue: ({ id: number } & NewRow)[] = [];
let scheduled = false;

const say = (message: FromWriter) => port.postMessage(message);

port.on('message', (message: ToWriter) => {
  if (message.do === 'append') {
    queue.push(message);
    schedule();
    return;
  }
  flush();
  perform(message);
});

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(() => {
    scheduled = false;
    flush();
  });
}

function flush(): void {
  while (queue.length > 0) {
    const group = queue.slice(0, GROUP_MAX);
    queue = queue.slice(GROUP_MAX);
    const ids = group.map(({ id }) => id);
    try {
      const rows = open().append(group);
      const places = rows.map(({ seq, previous, digest }) => ({ seq, previous, digest }));
      told = rows.at(-1) ?? told;
      say({ did: 'append', ids, places, waiting: open().waiting });
    } catch (error) {
      say(failure(ids, error));
    }
  }
}

function perform(message: Exclude<ToWriter, { do: 'append' }>): void {
  try {
    switch (message.do) {
      case 'open':
        ({ options, told } = message);
        open();
        break;
      case 'unstored':
        say({ did: 'rows', id: message.id, rows: open().unstored(message.limit, message.but) });
        break;
      case 'rows-after': {
        const { id, epoch, seq, limit } = message;
        say({ did: 'rows', id, rows: open().rowsAfter(epoch, seq, limit) });
        break;
      }
      case 'epochs':
        say({ did: 'epochs', id: message.id, epochs: open().epochs() });
        break;
      case 'used':
        say({ did: 'used', id: message.id, bytes: open().used });
        break;
      case 'stored':
        open().stored(message.epoch, message.upTo);
        say({ did: 'stored', epoch: message.epoch, upTo: message.upTo, waiting: open().waiting });
        break;
      case 'prune':
        open().prune(message.before, message.keep);
        break;
      case 'close':
        file?.close();
        say({ did: 'close', id: message.id });
        port.close();
        break;
    }
  } catch (error) {
    if (error instanceof UnsafeJournal) {
      say({ did: 'unsafe', pragma: error.pragma, wanted: error.wanted, found: error.found });
    } else {
      say(failure('id' in message ? [message.id] : [], error));
    }
  }
}

/** A file that could not be opened is tried again by whoever needs it. */
function open(): JournalFile {
  if (!options) throw new Error('the journal is not open');
  if (file) return file;
  file = new JournalFile(options, told);
  const { recovered, waiting } = file;
  say({ did: 'open', recovered, waiting, untold: untoldRows(file, options.epoch) });
  return file;
}

/** What a writer brought to disk and did not live to tell. */
function untoldRows(from: JournalFile, epoch: string): PlacedRow[] {
  const rows: PlacedRow[] = [];
  while (told.seq < from.seq) {
    const more = from.rowsAfter(epoch, told.seq, GROUP_MAX);
    const last = more.at(-1);
    if (!last) break;
    rows.push(...more);
    told = last;
  }
  return rows;
}

function failure(ids: number[], error: unknown): FromWriter {
  const { errcode, message } = error as { errcode?: number; message: string };
  const full = (errcode ?? 0) % 256 === 13;
  return {
    did: 'failed',
    ids,
    code: full ? 'journal-disk-full' : 'journal-failed',
    fault: message,
  };
}
