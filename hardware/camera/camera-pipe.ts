import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Both ends of a pipe that nobody else can name. Whoever gets them closes them. */
export interface CameraPipe {
  readonly read: number;
  readonly write: number;
}

/**
 * Node's own pipes to a child are sockets that can't be read by blocking; so this makes a FIFO,
 * opens both ends and takes its name away again.
 */
export async function openCameraPipe(): Promise<CameraPipe> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-camera-'));
  const path = join(folder, 'frames');
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', path]);
    // Open for both at first: each end alone would wait for the other.
    const both = openSync(path, constants.O_RDWR);
    try {
      const read = openSync(path, constants.O_RDONLY);
      return { read, write: openSync(path, constants.O_WRONLY) };
    } finally {
      closeSync(both);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Gives whoever is blocked in reading this pipe one byte, so that it looks up. */
export function wakeReader(read: number): void {
  const write = openSync(`/proc/self/fd/${read}`, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    writeSync(write, Uint8Array.of(0));
  } catch (error) {
    // A full pipe has bytes to be read: then nobody is blocked.
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  } finally {
    closeSync(write);
  }
}
