/**
 * Loaded before a program (`node --import`), which stays as it ships. The environment says what
 * goes wrong: `CUT=POINT` ends it as a power cut does, just before POINT or at its nth time
 * (`POINT#2`); `LOSE=claim:1` lets so many answers of a path arrive at the machine and be heard by
 * nobody; `POINTS=1` writes each point to standard output as it is passed.
 */
import { type PathLike, writeSync } from 'node:fs';
import files, { type FileHandle } from 'node:fs/promises';
import http, { type ClientRequest, type RequestOptions } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import tls from 'node:tls';

const { CUT, POINTS, LOSE = '' } = process.env;
const [lost = '', times = '0'] = LOSE.split(':');
const HALF = 40;
const passed = new Map<string, number>();
let left = Number(times);
/** The file whose folder is flushed next. */
let changed = '';

function isNow(point: string): boolean {
  const time = (passed.get(point) ?? 0) + 1;
  passed.set(point, time);
  if (POINTS) writeSync(1, `${point}\n`);
  return CUT === (time === 1 ? point : `${point}#${time}`);
}

function pass(point: string): void {
  if (isNow(point)) process.kill(process.pid, 'SIGKILL');
}

const { open, rename, rm } = files;
const watched = {
  async open(path: PathLike, flags?: string | number, mode?: number): Promise<FileHandle> {
    const named = /^\.(.+)\.new$/.exec(basename(String(path)))?.[1];
    if (named !== undefined) pass(`write ${named}`);
    else if (flags === 'r' && changed !== '') {
      pass(`flush ${changed}`);
      changed = '';
    }
    const file = await open(path, flags, mode);
    if (named === undefined || !isNow(`half ${named}`)) return file;
    const whole = file.writeFile.bind(file);
    file.writeFile = async (data) => {
      await whole(String(data).slice(0, HALF));
      await file.sync();
      process.kill(process.pid, 'SIGKILL');
    };
    return file;
  },
  async rename(from: PathLike, to: PathLike): Promise<void> {
    pass(`rename ${basename(String(to))}`);
    await rename(from, to);
    changed = basename(String(to));
  },
  async rm(path: PathLike, how?: object): Promise<void> {
    const name = basename(String(path));
    if (!name.startsWith('.')) pass(`remove ${name}`);
    await rm(path, how);
    if (!name.startsWith('.')) changed = name;
  },
};
Object.assign(files, watched);

const request = http.request as (options: RequestOptions) => ClientRequest;
Object.assign(http, {
  request(options: RequestOptions) {
    const path = basename(new URL(options.path ?? '/', 'http://enrolment').pathname);
    pass(`ask ${path}`);
    return request(options).prependOnceListener('response', (answer) => {
      // The server has done its part.
      pass(`hear ${path}`);
      if (path !== lost || left-- <= 0) return;
      answer.destroy(Object.assign(new Error('lost'), { code: 'ECONNRESET' }));
    });
  },
});

const { connect } = tls;
Object.assign(tls, {
  connect(options: tls.ConnectionOptions, ...rest: []) {
    // The look at who is there, before anything is said.
    if (options.ca === undefined) pass('look');
    return connect(options, ...rest);
  },
});
syncBuiltinESMExports();
process.once('exit', () => pass('end'));
