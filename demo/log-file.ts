import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** A log grows to this size; then it becomes `.1` and a new one begins. Two are kept. */
export const MAX_LOG_BYTES = 4 * 1024 * 1024;

export interface LogFile {
  write(bytes: Uint8Array | string): void;
  close(): void;
}

/** Appends to a file that never takes more than twice `limit` bytes with its predecessor. */
export function openLogFile(path: string, limit: number = MAX_LOG_BYTES): LogFile {
  let file = openSync(path, 'a');
  let size = fstatSync(file).size;
  let open = true;
  return {
    write(data) {
      if (!open) return;
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      if (size + bytes.length > limit && size > 0) {
        closeSync(file);
        renameSync(path, `${path}.1`);
        file = openSync(path, 'a');
        size = 0;
      }
      const fitting = bytes.subarray(0, limit);
      writeSync(file, fitting);
      size += fitting.length;
    },
    close() {
      if (open) closeSync(file);
      open = false;
    },
  };
}
