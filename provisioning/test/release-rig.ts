import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRelease, createReleases, type Releases, signRelease } from '../pi/index.ts';

const SELECT = join(import.meta.dirname, '..', 'pi', 'select-release');
const DOOR = new URL('../pi/index.ts', import.meta.url).href;

/** A machine with signed releases to install, without a gateway: releases tell their own status. */
export interface ReleaseRig {
  readonly folder: string;
  readonly home: string;
  readonly keyFile: string;
  readonly releases: Releases;
  /** Makes a signed release; its gateway would answer with `status`, or not at all. */
  make(version: string, status: object | undefined): Promise<string>;
  /** What systemd runs before each start of the gateway. */
  start(): void;
  /** Runs `update` or `rollBack` in a process of its own, which kills itself after a step. */
  run(what: 'update' | 'rollBack', source: string, killAfter?: string): ChildProcess;
  /** The version that runs, proven whole. */
  whole(): Promise<string>;
  remove(): void;
}

export const IN_ORDER = {
  gateway: { state: 'configured' },
  uplink: 'connected',
  lanes: [{ lane: 'l1', state: 'idle' }],
  disk: { low: false },
};

export async function releaseRig(): Promise<ReleaseRig> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-release-'));
  const home = join(folder, 'home');
  const keyFile = join(folder, 'key.pem');
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(keyFile, publicKey.export({ type: 'spki', format: 'pem' }));
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  mkdirSync(join(home, 'releases'), { recursive: true });
  const releases = createReleases(home);

  async function make(version: string, status: object | undefined): Promise<string> {
    const made = join(folder, version);
    mkdirSync(join(made, 'bin'), { recursive: true });
    writeFileSync(join(made, 'bin', 'gatehouse.ts'), `// ${version}\n`.repeat(2_000));
    if (status) writeFileSync(join(made, 'status.json'), JSON.stringify(status));
    symlinkSync('bin/gatehouse.ts', join(made, 'gatehouse'));
    await signRelease(made, { version, made: '2026-11-22T00:00:00Z', key });
    return made;
  }

  const program = (what: string, source: string, killAfter: string) => `
    import { execFileSync } from 'node:child_process';
    import { readFileSync } from 'node:fs';
    import { createReleases, rollBack, update } from '${DOOR}';
    const home = ${JSON.stringify(home)};
    const parts = {
      releases: createReleases(home),
      async status() {
        try { return JSON.parse(readFileSync(home + '/current/status.json', 'utf8')); }
        catch { return undefined; }
      },
      async restart() {
        execFileSync('${SELECT}', { env: { ...process.env, GATEHOUSE_HOME: home } });
      },
      clock: {
        now: () => performance.now(),
        wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      },
      patience: { trial: 300, every: 20, hold: 60 },
      onStep(step) {
        process.stdout.write(step + '\\n');
        if (step === '${killAfter}') process.kill(process.pid, 'SIGKILL');
      },
    };
    const source = { path: ${JSON.stringify(source)}, keyFile: ${JSON.stringify(keyFile)} };
    try {
      const version = await (${what === 'update'} ? update(source, parts) : rollBack(parts));
      process.stdout.write('runs ' + version + '\\n');
    } catch (error) {
      process.stdout.write((error.code ?? 'unexpected') + ': ' + error.message + '\\n');
    }
  `;

  return {
    ...{ folder, home, keyFile, releases, make },
    start() {
      execFileSync(SELECT, { env: { ...process.env, GATEHOUSE_HOME: home }, stdio: 'ignore' });
    },
    run(what, source, killAfter = '') {
      const args = ['--input-type=module', '-e', program(what, source, killAfter)];
      return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    },
    async whole() {
      const { version } = await checkRelease(join(home, 'current'), keyFile);
      const named = await releases.current();
      const text = readFileSync(join(home, 'current', 'gatehouse'), 'utf8');
      if (version !== named || !text.startsWith(`// ${version}\n`)) throw new Error('not whole');
      return version;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Everything a process said until it ended. */
export async function saidBy(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (bytes) => {
    text += bytes;
  });
  await new Promise((resolve) => child.on('close', resolve));
  return text;
}
