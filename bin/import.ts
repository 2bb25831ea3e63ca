import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';

const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.jsonl': 'application/x-ndjson',
  '.ndjson': 'application/x-ndjson',
};

export interface ImportOrder {
  readonly file: string;
  readonly performance: string;
  readonly cloud: string;
  readonly token: string | undefined;
}

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly details?: { readonly faults?: readonly Record<string, unknown>[] };
}

/** Sends a file of tickets to the cloud and says what became of it. Gives the exit code. */
export async function importTickets({
  file,
  performance,
  cloud,
  token,
}: ImportOrder): Promise<number> {
  const type = TYPES[extname(file).toLowerCase()];
  if (!type) return complain('import-type', `${file} is neither .csv, .jsonl nor .ndjson`);
  if (!token) return complain('no-token', 'give --token or set GATEHOUSE_TOKEN');
  if (!(await stat(file).catch(() => undefined))) return complain('no-file', `no file ${file}`);
  const url = new URL(
    `/api/v1/performances/${encodeURIComponent(performance)}/tickets/import`,
    cloud,
  );
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
      body: Readable.toWeb(createReadStream(file)) as unknown as BodyInit,
      duplex: 'half',
    } as RequestInit);
  } catch (error) {
    return complain('cloud-unreachable', `${cloud}: ${(error as Error).message}`);
  }
  const answer = (await response.json()) as Problem;
  if (response.ok) {
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    return 0;
  }
  for (const fault of answer.details?.faults ?? []) {
    process.stderr.write(`${JSON.stringify(fault)}\n`);
  }
  return complain(answer.code, answer.message);
}

function complain(code: string, message: string): number {
  process.stderr.write(`gatehouse: ${code}: ${message}\n`);
  return 1;
}
