import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProcessView } from './door-state.ts';
import type { LogFile } from './log-file.ts';

/** A process that does not end when asked is killed after this time. */
export const KILL_MILLISECONDS = 15_000;
/** Pause before a process that ended by itself is started again; doubles up to the last. */
export const FIRST_PAUSE_MILLISECONDS = 500;
export const LAST_PAUSE_MILLISECONDS = 15_000;
/** After running so long the next pause is the first one again. */
export const STEADY_MILLISECONDS = 30_000;
/** A process that is not ready after this time is ended and started anew. */
export const START_MILLISECONDS = 120_000;
/** Bytes of an unfinished line looked at for the ready mark. */
const MAX_LINE_BYTES = 10_000;

export interface ChildParts {
  /** The program and its arguments, run by this Node. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A line on standard output that says the process does its work now. */
  readonly ready: RegExp;
  readonly log: LogFile;
  /** Milliseconds until the ready line has to come; START_MILLISECONDS when left out. */
  readonly startMilliseconds?: number;
  onChange(view: ProcessView): void;
}

/** One process that is kept running until it is told to stop. */
export interface Child {
  start(): void;
  /** SIGTERM, then SIGKILL; resolves when it is gone. */
  stop(): Promise<void>;
  readonly view: ProcessView;
  readonly pid: number | undefined;
}

export function keptChild(parts: ChildParts): Child {
  let wanted = false;
  let asked = false;
  let running: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let slow: NodeJS.Timeout | undefined;
  const pauses = backOff();
  let view: ProcessView = { state: 'stopped', crashes: 0 };

  function tell(state: ProcessView['state'], crashes = view.crashes): void {
    if (view.state === state && view.crashes === crashes) return;
    view = { state, crashes };
    parts.onChange(view);
  }

  function launch(): void {
    const child = leashed(parts);
    running = child;
    pauses.started();
    tell('starting');
    slow = setTimeout(tooSlow, parts.startMilliseconds ?? START_MILLISECONDS, child, parts.log);
    child.stdout?.on('data', readyWatch(parts, ready));
    child.on('close', ended);
  }

  function ready(): void {
    clearTimeout(slow);
    if (wanted) tell('running');
  }

  function ended(code: number | null, signal: string | null): void {
    running = undefined;
    clearTimeout(slow);
    if (asked) {
      asked = false;
      tell('stopped');
      // started again while it was still ending
      if (wanted) launch();
    } else again(String(signal ?? code));
  }

  function again(why: string): void {
    const pause = pauses.next();
    parts.log.write(`ended by itself (${why}); started again in ${pause} ms\n`);
    tell('waiting', view.crashes + 1);
    timer = setTimeout(launch, pause);
  }

  return {
    start() {
      if (wanted) return;
      wanted = true;
      pauses.begin();
      if (!running) launch();
    },
    async stop() {
      wanted = false;
      clearTimeout(timer);
      asked = running !== undefined;
      if (running) await ending(running);
      else tell('stopped');
    },
    get view() {
      return view;
    },
    get pid() {
      return running?.pid;
    },
  };
}

/** The pause before the next start: longer each time, short again after steady running. */
function backOff() {
  let pause = FIRST_PAUSE_MILLISECONDS;
  let startedAt = 0;
  return {
    begin() {
      pause = FIRST_PAUSE_MILLISECONDS;
    },
    started() {
      startedAt = Date.now();
    },
    next(): number {
      if (Date.now() - startedAt > STEADY_MILLISECONDS) pause = FIRST_PAUSE_MILLISECONDS;
      const mine = pause;
      pause = Math.min(pause * 2, LAST_PAUSE_MILLISECONDS);
      return mine;
    },
  };
}

/** Starts the process so that it ends when we are gone. */
function leashed(parts: ChildParts): ChildProcess {
  const leash = fileURLToPath(new URL('leash.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', leash, ...parts.args], {
    cwd: parts.cwd,
    env: { ...process.env, ...parts.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C in the terminal reaches only us; we end the others in order
    detached: true,
  });
  child.stderr?.on('data', (bytes: Buffer) => parts.log.write(bytes));
  // its end is our signal; an error on the pipe to a process that is gone adds nothing
  child.stdin?.on('error', () => undefined);
  child.on('error', (error) => parts.log.write(`cannot start: ${error.message}\n`));
  return child;
}

function tooSlow(child: ChildProcess, log: LogFile): void {
  log.write('not ready in time\n');
  child.kill('SIGKILL');
}

/** Asks a process to end, and makes it where it does not. */
async function ending(child: ChildProcess): Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), KILL_MILLISECONDS);
  await gone;
  clearTimeout(kill);
}

/** Writes all to the log and calls once when the ready line has come. */
function readyWatch(parts: ChildParts, onReady: () => void): (bytes: Buffer) => void {
  let line = '';
  let done = false;
  return (bytes) => {
    parts.log.write(bytes);
    if (done) return;
    line = (line + bytes.toString('utf8')).slice(-MAX_LINE_BYTES);
    if (!line.split('\n').some((text) => parts.ready.test(text))) return;
    done = true;
    onReady();
  };
}
