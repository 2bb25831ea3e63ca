import { canonical, isReserved, type TicketLabel, type TicketStatus } from '@gatehouse/protocol';
import { z } from 'zod';

/** One thing wrong in an import; never carries the value, which may be a code. */
export interface ImportFault {
  /** As a spreadsheet counts: 1 is the first line, in CSV the header. */
  readonly row: number;
  /** `null` where the whole row is meant. */
  readonly column: string | null;
  readonly fault: string;
}

/** A row that can become a ticket. */
export interface ImportTicket {
  readonly code: string;
  readonly label: TicketLabel;
  readonly uses: number;
  readonly entrances: readonly string[];
  readonly status: TicketStatus;
}

export const USES_MAX = 10_000;
export const ENTRANCES_MAX = 50;
const STATUSES = ['valid', 'unpaid', 'blocked', 'cancelled', 'taken-back'] as const;

const text = (longest: number) =>
  z.string('is not a text').max(longest, `is longer than ${longest} characters`).optional();

const entrances = z
  .union([
    z.string().transform((list) => list.split(';').map((one) => one.trim())),
    z.array(z.string()),
  ])
  .transform((list) => list.filter((one) => one !== ''))
  .pipe(
    z
      .array(z.string().max(200, 'has a name longer than 200 characters'))
      .max(ENTRANCES_MAX, `has more than ${ENTRANCES_MAX} entrances`),
  );

/** The columns of an import; `code` is the only one that must be there. */
const Row = z.strictObject({
  code: z.union([z.string(), z.number().int()], 'is missing or not a text').transform(String),
  type: text(100),
  rank: text(100),
  door: text(100),
  row: text(20),
  seat: text(20),
  note: text(500),
  language: z
    .string('is not a text')
    .regex(/^[a-z]{2}$/, 'is no language such as en')
    .optional(),
  uses: z.coerce
    .number('is not a number')
    .int('is not a whole number')
    .min(1, 'is less than 1')
    .max(USES_MAX, `is more than ${USES_MAX}`)
    .default(1),
  entrances: entrances.default([]),
  status: z.enum(STATUSES, `is none of ${STATUSES.join(', ')}`).default('valid'),
});

export const IMPORT_COLUMNS = Object.keys(Row.shape);

/** Checks the fields of one row. Empty fields count as left out. */
export function checkImportRow(
  row: number,
  fields: Readonly<Record<string, unknown>>,
): ImportTicket | ImportFault[] {
  const filled = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== '' && value !== null),
  );
  const parsed = Row.safeParse(filled);
  if (!parsed.success) return parsed.error.issues.flatMap((issue) => faultsOf(row, issue));
  const { uses, entrances: doors, status, code: raw, ...label } = parsed.data;
  const code = canonical(raw);
  const fault = codeFault(code);
  if (fault !== undefined) return [{ row, column: 'code', fault }];
  return { code, uses, entrances: doors, status, label };
}

/** Why a canonical text cannot be a ticket of somebody else's making. */
export function codeFault(code: string): string | undefined {
  if (code === '') return 'is empty';
  if (code.length > 512) return 'is longer than 512 characters';
  return isReserved(code) ? 'has the form of one of our own codes' : undefined;
}

function faultsOf(row: number, issue: z.core.$ZodIssue): ImportFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ row, column: key.slice(0, 100), fault: 'unknown column' }));
  }
  return [{ row, column: String(issue.path[0] ?? ''), fault: issue.message }];
}
