import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { ImportFault } from './import-row.ts';

/** Bytes of one import at most. */
export const IMPORT_BYTES_MAX = 64 * 1024 * 1024;
/** Characters of one row at most. */
export const IMPORT_ROW_MAX = 64 * 1024;

export type ImportFormat = 'csv' | 'json-lines';

/** One row with its fields, or why it has none. */
export type RawRow =
  | { readonly row: number; readonly fields: Readonly<Record<string, unknown>> }
  | ImportFault;

/** The body was larger than an import may be. */
export class ImportTooLarge extends Error {}

/** Reads rows as they come in, never the whole body at once. */
export function readRows(body: Readable, format: ImportFormat): AsyncIterable<RawRow> {
  const counted = limitBytes(body);
  return format === 'csv' ? readCsv(counted) : readJsonLines(counted);
}

async function* limitBytes(body: Readable): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of body) {
    const buffer = Buffer.from(chunk as Uint8Array);
    bytes += buffer.length;
    if (bytes > IMPORT_BYTES_MAX) throw new ImportTooLarge();
    yield buffer;
  }
}

async function* readCsv(body: AsyncIterable<Buffer>): AsyncGenerator<RawRow> {
  const parser = parse({
    bom: true,
    trim: true,
    relax_column_count: true,
    skip_empty_lines: false,
    max_record_size: IMPORT_ROW_MAX,
  });
  const feeding = feed(body, parser);
  let header: string[] | undefined;
  let row = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      row += 1;
      if (!header) {
        header = record.map((name) => name.toLowerCase());
        const twice = header.find((name, at) => header?.indexOf(name) !== at);
        if (twice !== undefined) yield { row, column: twice, fault: 'the column is there twice' };
      } else if (record.length > 1 || record[0] !== '') yield csvRow(row, header, record);
    }
  } catch (cause) {
    // not all of its codes begin with CSV_
    if (!(cause instanceof CsvError)) throw cause;
    yield { row: row + 1, column: null, fault: `is not CSV (${cause.code})` };
  }
  await feeding;
}

function csvRow(row: number, header: readonly string[], record: readonly string[]): RawRow {
  if (record.length !== header.length) {
    const fault = `has ${record.length} fields where the header has ${header.length}`;
    return { row, column: null, fault };
  }
  return { row, fields: Object.fromEntries(header.map((name, at) => [name, record[at]])) };
}

async function feed(body: AsyncIterable<Buffer>, parser: ReturnType<typeof parse>): Promise<void> {
  try {
    for await (const chunk of body) {
      if (parser.destroyed) return;
      if (!parser.write(chunk)) await drained(parser);
    }
    parser.end();
  } catch (cause) {
    parser.destroy(cause as Error);
  }
}

function drained(parser: ReturnType<typeof parse>): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      parser.off('drain', done).off('close', done);
      resolve();
    };
    parser.on('drain', done).on('close', done);
  });
}

async function* readJsonLines(body: AsyncIterable<Buffer>): AsyncGenerator<RawRow> {
  let row = 0;
  for await (const line of lines(body)) {
    row += 1;
    if (line === undefined) yield { row, column: null, fault: 'is longer than 64 KiB' };
    else if (line.trim() !== '') yield jsonRow(row, line);
  }
}

function jsonRow(row: number, line: string): RawRow {
  try {
    const fields: unknown = JSON.parse(line);
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) {
      return { row, fields: fields as Record<string, unknown> };
    }
    return { row, column: null, fault: 'is not a JSON object' };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return { row, column: null, fault: 'is not JSON' };
  }
}

/** Lines of a body; `undefined` for one that is too long, after which nothing more is read. */
async function* lines(body: AsyncIterable<Buffer>): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() as string;
    yield* parts;
    if (rest.length > IMPORT_ROW_MAX) {
      yield undefined;
      return;
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
