import { DOOR_ROLES, DOOR_STAFF_MAX, type DoorRole } from '@gatehouse/protocol';
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { isWeakPin } from './pins.ts';

/** Bytes of one file at most. */
export const DOOR_IMPORT_BYTES_MAX = 256 * 1024;
export const DOOR_FAULTS_LISTED = 100;
export const DOOR_IMPORT_COLUMNS = ['name', 'code', 'role', 'pin'] as const;
export const NAME_MAX = 60;
export const CODE_MAX = 32;

export interface DoorRow {
  readonly name: string;
  readonly code: string;
  readonly role: DoorRole;
  /** Left out: a known person keeps theirs, a new one is given one. */
  readonly pin?: string | undefined;
}

/** One thing wrong; never carries the value, which may be a PIN. */
export interface DoorFault {
  readonly row: number;
  readonly column: string | null;
  readonly fault: string;
}

const text = (longest: number) =>
  z.string('is missing').min(1, 'is empty').max(longest, `is longer than ${longest} characters`);
const Row = z.strictObject({
  name: text(NAME_MAX),
  code: text(CODE_MAX),
  role: z.enum(DOOR_ROLES, `is none of ${DOOR_ROLES.join(', ')}`),
  pin: z
    .string()
    .refine(
      (pin) => pin === '' || !isWeakPin(pin),
      'is not 6 to 12 digits, or is all the same or one after another',
    )
    .optional(),
});

/** Reads a file with a header, separated by commas or semicolons, as spreadsheets write it. */
export function readDoorCsv(body: string): { rows: DoorRow[]; faults: DoorFault[]; count: number } {
  const lines = linesOf(body);
  if ('fault' in lines) return { rows: [], faults: [lines], count: 0 };
  const [header = [], ...records] = lines.records;
  const rows: DoorRow[] = [];
  const faults: DoorFault[] = [];
  const seen = new Map<string, number>();
  const columns = header.map((name) => name.toLowerCase());
  for (const [at, record] of records.entries()) {
    const row = at + 2;
    const fields = Object.fromEntries(columns.map((name, n) => [name, record[n]]));
    const read = Row.safeParse(fields);
    if (!read.success) {
      faults.push(...read.error.issues.flatMap((issue) => faultsOf(row, issue)));
      continue;
    }
    const { pin, ...person } = read.data;
    const first = seen.get(person.code.toLowerCase());
    if (first !== undefined) {
      faults.push({ row, column: 'code', fault: `stands in row ${first} already` });
    }
    seen.set(person.code.toLowerCase(), first ?? row);
    rows.push({ ...person, pin: pin === '' ? undefined : pin });
  }
  if (records.length === 0) faults.push({ row: 1, column: null, fault: 'has no rows' });
  if (records.length > DOOR_STAFF_MAX) {
    faults.push({ row: DOOR_STAFF_MAX + 2, column: null, fault: 'has too many rows' });
  }
  return { rows, faults, count: records.length };
}

function linesOf(body: string): { records: string[][] } | DoorFault {
  try {
    const records: string[][] = parse(body, {
      ...{ bom: true, trim: true, relax_column_count: true, skip_empty_lines: true },
      delimiter: [',', ';'],
    });
    return { records };
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    return { row: 1, column: null, fault: `is not CSV (${cause.code})` };
  }
}

function faultsOf(row: number, issue: z.core.$ZodIssue): DoorFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ row, column: key.slice(0, 100), fault: 'unknown column' }));
  }
  return [{ row, column: String(issue.path[0] ?? ''), fault: issue.message }];
}
