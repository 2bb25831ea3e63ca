import type { Conflict, Side } from './view.ts';

const SIDE = [
  ...['gateway', 'lane', 'scan', 'verdict', 'decided by', 'passed', '± ms', 'clock'],
  ...['split', 'unconfirmed'],
];
const COLUMNS = [
  'id',
  'state',
  'matter',
  'kind',
  'order',
  'shared picture',
  'performance',
  'title',
  'ticket',
  'place',
  ...SIDE.map((name) => `first ${name}`),
  ...SIDE.map((name) => `second ${name}`),
  'revocation',
  'revoked',
  'found',
  'handled',
  'handled by',
  'note',
];

/** The header of the export. */
export const CSV_HEADER = lineOf(COLUMNS);

/** One conflict as a line of the export; moments as ISO 8601 in UTC. */
export function csvLine(conflict: Conflict): string {
  const { revocation, handled } = conflict;
  return lineOf([
    String(conflict.id),
    conflict.state,
    conflict.matter,
    conflict.kind ?? '',
    conflict.order,
    conflict.sharedPicture ? 'yes' : 'no',
    conflict.performance,
    conflict.title,
    conflict.ticket,
    conflict.place,
    ...sideCells(conflict.passages[0]),
    ...sideCells(conflict.passages[1]),
    revocation?.status ?? '',
    iso(revocation?.at),
    iso(conflict.found),
    iso(handled?.at),
    handled ? (handled.by ?? '(explained by a later record)') : '',
    handled?.note ?? '',
  ]);
}

function sideCells(side: Side | undefined): string[] {
  if (!side) return SIDE.map(() => '');
  const { gateway, lane, scanId, verdict, decidedBy, passed, uncertainty, quality } = side;
  const sure = uncertainty === null ? 'unknown' : String(uncertainty);
  const clock = [iso(passed), sure, quality];
  const peers = [side.split, side.unconfirmed].map((said) => (said ? 'yes' : 'no'));
  return [gateway, lane, scanId, verdict ?? '', decidedBy, ...clock, ...peers];
}

function iso(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString();
}

function lineOf(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/** A cell that a spreadsheet would run as a formula is made a text by an apostrophe. */
function cellOf(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
