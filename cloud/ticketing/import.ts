import type { KeyObject } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setImmediate as yieldToScans } from 'node:timers/promises';
import { GUESSABLE_BELOW_BITS, guessBits } from '@gatehouse/protocol';
import type { Clock, Random } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { codeDigest } from './code-digest.ts';
import { ticketingError } from './errors.ts';
import { countedTicketIds } from './ids.ts';
import { IMPORT_BYTES_MAX, type ImportFormat, ImportTooLarge, readRows } from './import-read.ts';
import { checkImportRow, type ImportFault, type ImportTicket } from './import-row.ts';
import { openStaging, type StagedTicket, type Staging } from './import-store.ts';

/**
 * Tickets in one import at most. Their last step is one transaction, which holds up scans for
 * about 6 microseconds a row.
 */
export const IMPORT_ROWS_MAX = 150_000;
/** Faults that the answer lists; the others are counted. */
export const IMPORT_FAULTS_LISTED = 100;
/** Rows staged between two breaths of the event loop, so that scans go on meanwhile. */
const CHUNK_ROWS = 500;

export interface ImportSummary {
  readonly imported: number;
  /** Codes with fewer than 64 bits to guess; a digest on disk does not hide them. */
  readonly guessable: number;
}

export interface ImportParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly key: KeyObject;
}

/** What has been seen of an import so far. */
interface Seen {
  rows: number;
  faults: number;
  readonly listed: ImportFault[];
  /** Canonical code to the row where it stood first. */
  readonly codes: Map<string, number>;
}

/**
 * Imports all rows of a body, or none of them.
 * @param also in the same transaction, with how many came in
 * @throws GatehouseError `import-rows-faulty` (details: rows, total, faults), `import-too-large`,
 *   `store-full`
 */
export async function importTickets(
  parts: ImportParts,
  performance: string,
  body: Readable,
  format: ImportFormat,
  also?: (imported: number) => void,
): Promise<ImportSummary> {
  const staging = await openStaging(parts.store);
  try {
    const seen = await stage(parts, staging, body, format);
    const known = await staging.known(IMPORT_FAULTS_LISTED);
    seen.faults += known.total;
    for (const row of known.rows) list(seen, { row, column: 'code', fault: 'is in use already' });
    if (seen.faults > 0) {
      const { faults: total, rows, listed: faults } = seen;
      throw ticketingError('import-rows-faulty', { total, rows, faults });
    }
    const imported = await staging.move(performance, parts.clock.now(), also);
    return { imported, guessable: countGuessable([...seen.codes.keys()]) };
  } finally {
    await staging.drop();
  }
}

async function stage(
  parts: ImportParts,
  staging: Staging,
  body: Readable,
  format: ImportFormat,
): Promise<Seen> {
  const seen: Seen = { rows: 0, faults: 0, listed: [], codes: new Map() };
  const idOf = countedTicketIds(parts.random);
  let chunk: StagedTicket[] = [];
  const flush = async () => {
    // After a fault nothing will be imported: the rest is only checked.
    if (seen.faults === 0) await staging.add(chunk);
    chunk = [];
    await yieldToScans();
  };
  try {
    for await (const raw of readRows(body, format)) {
      seen.rows += 1;
      if (seen.rows > IMPORT_ROWS_MAX) throw new ImportTooLarge();
      const ticket = 'fields' in raw ? checkImportRow(raw.row, raw.fields) : [raw];
      const faults = Array.isArray(ticket) ? ticket : repeated(seen, raw.row, ticket);
      for (const fault of faults) {
        seen.faults += 1;
        list(seen, fault);
      }
      if (!Array.isArray(ticket)) chunk.push(staged(parts, raw.row, idOf(seen.rows), ticket));
      if (seen.rows % CHUNK_ROWS === 0) await flush();
    }
    await flush();
  } catch (cause) {
    if (!(cause instanceof ImportTooLarge)) throw cause;
    throw ticketingError('import-too-large', { bytes: IMPORT_BYTES_MAX, rows: IMPORT_ROWS_MAX });
  }
  return seen;
}

function repeated(seen: Seen, row: number, ticket: ImportTicket): ImportFault[] {
  const first = seen.codes.get(ticket.code);
  if (first !== undefined)
    return [{ row, column: 'code', fault: `stands in row ${first} already` }];
  seen.codes.set(ticket.code, row);
  return [];
}

function list(seen: Seen, fault: ImportFault): void {
  if (seen.listed.length < IMPORT_FAULTS_LISTED) seen.listed.push(fault);
}

function staged(parts: ImportParts, row: number, id: string, ticket: ImportTicket): StagedTicket {
  return {
    row,
    id,
    digest: codeDigest(parts.key, ticket.code),
    status: ticket.status,
    uses: ticket.uses,
    entrances: JSON.stringify(ticket.entrances),
    label: JSON.stringify(ticket.label),
  };
}

/** Codes that could be guessed: the beginning that all of them share is no secret. */
export function countGuessable(codes: readonly string[]): number {
  const first = codes[0] ?? '';
  let shared = codes.length > 1 ? first.length : 0;
  for (const code of codes) {
    while (!code.startsWith(first.slice(0, shared))) shared -= 1;
  }
  return codes.filter((code) => guessBits(code, shared) < GUESSABLE_BELOW_BITS).length;
}
