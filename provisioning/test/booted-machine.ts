import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PATIENCE_MS } from '../../scripts/patience.ts';

const BOOT = join(import.meta.dirname, 'boot-machine.sh');
const CHECKOUT = join(import.meta.dirname, '..', '..');
const PROGRAMS = ['unshare', 'nsenter', '/lib/systemd/systemd', 'systemctl'];

/** A machine under systemd with the gateway's unit, made of namespaces of this one. */
export interface BootedMachine {
  /** Runs a program on it; gives what it has said. */
  run(...command: readonly string[]): string;
  /** What its systemd says of the gateway's unit. */
  unit(): Readonly<Record<string, string>>;
  until(what: string, holds: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Boots it; or gives what is missing here for that. */
export async function bootMachine(): Promise<BootedMachine | string> {
  if (process.getuid?.() !== 0) return 'root';
  const missing = PROGRAMS.find((program) => spawnSync(program, ['--version']).error);
  if (missing) return missing;
  const groups = /^\S+ (\S+) cgroup2 rw/m.exec(readFileSync('/proc/mounts', 'utf8'))?.[1];
  if (groups === undefined) return 'a cgroup2 file system';
  const group = join(groups, `gatehouse-test-${process.pid}`);
  const child = spawn(BOOT, [group, CHECKOUT], { stdio: ['ignore', 'ignore', 'pipe'] });
  let fault = '';
  child.stderr.on('data', (text) => (fault += text));
  const gone = new Promise<void>((done) => child.once('close', () => done()));

  const machine: BootedMachine = {
    run(...command) {
      const children = `/proc/${child.pid}/task/${child.pid}/children`;
      const first = readFileSync(children, 'utf8').trim();
      const to = ['-t', first, '-m', '-p', '-n', '-u', '-i', '-C', '-r', '-w', '--'];
      const { stdout, stderr } = spawnSync('nsenter', [...to, ...command]);
      return `${stdout}${stderr}`;
    },
    unit() {
      const said = machine.run('systemctl', 'show', 'gatehouse-gateway.service');
      return Object.fromEntries(said.split('\n').map((line) => line.split(/=(.*)/s, 2)));
    },
    async until(what, holds) {
      for (const end = Date.now() + PATIENCE_MS; !holds(); await pause(200)) {
        if (Date.now() > end) throw new Error(`never: ${what}`);
      }
    },
    async stop() {
      child.kill('SIGKILL');
      await gone;
      // What ran there is dying, and holds its groups until it is dead.
      await machine.until('its groups are gone', () => {
        spawnSync('find', [group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']);
        return !existsSync(group);
      });
    },
  };
  const isUp = () => child.exitCode === null && machine.unit().ActiveState === 'active';
  try {
    await machine.until('it is up', () => child.exitCode !== null || isUp());
  } catch (cause) {
    await machine.stop();
    throw cause;
  }
  if (child.exitCode === null) return machine;
  await machine.stop();
  return `namespaces and an overlay of the file system (${fault.trim()})`;
}
