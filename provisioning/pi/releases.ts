import { execFile } from 'node:child_process';
import {
  cp,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { removeDurably, systemDisk, writeDurably } from '../durable-file.ts';
import { releaseError } from './errors.ts';
import { checkRelease } from './manifest.ts';

const run = promisify(execFile);
/** Unpacking on a slow card. */
const UNPACK_MAX_MS = 10 * 60_000;
const READABLE_MODE = 0o644;
const FOLDER = 'releases';
const UNFINISHED = '.new-';

/** A release on trial: where to go back to, and how often it was started (select-release counts). */
export interface Trial {
  readonly from: string;
  readonly to: string;
}

/**
 * The releases of a machine, side by side: `releases/<version>`, `current` and `previous` as links
 * that change by rename. Nothing in a release changes once it has its name.
 */
export interface Releases {
  current(): Promise<string | undefined>;
  previous(): Promise<string | undefined>;
  /** Version that select-release has taken back by itself, if that was the last thing it did. */
  refused(): Promise<string | undefined>;
  /**
   * Brings a release in, whole and proven, from a folder or a .tar.gz.
   * @returns its version
   * @throws `release-unreadable`, `release-unsigned`, `release-altered`
   */
  add(source: string, keyFile: string): Promise<string>;
  /** Puts a release on trial and makes it current; a power cut leads to the one or the other. */
  tryOut(trial: Trial): Promise<void>;
  trial(): Promise<Trial | undefined>;
  /** The trial is over and won; what ran before is `previous`, older ones go. */
  keep(trial: Trial): Promise<void>;
  /** The trial is over and lost, or nobody knows: what ran before runs again. */
  takeBack(trial: Trial): Promise<void>;
}

export function createReleases(home: string): Releases {
  const at = (...names: string[]) => join(home, ...names);
  const ofLink = async (name: string) => {
    const target = await readlink(at(name)).catch(() => undefined);
    return target === undefined ? undefined : basename(target);
  };

  /** Replaces a link so that it is the old or the new one after a crash at any moment. */
  async function link(name: string, version: string): Promise<void> {
    await rm(at(`${name}.new`), { force: true });
    await symlink(join(FOLDER, version), at(`${name}.new`));
    await rename(at(`${name}.new`), at(name));
    await systemDisk.syncFolder(home);
  }

  async function unpack(source: string, folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const isFolder = (await stat(source)).isDirectory();
    if (isFolder) await cp(source, folder, { recursive: true, verbatimSymlinks: true });
    else {
      const options = ['--no-same-owner', '--no-same-permissions', '-xzf', source, '-C', folder];
      await run('tar', options, { timeout: UNPACK_MAX_MS });
    }
    // all of it is on the card before it gets its name
    await run('sync', ['-f', folder]);
  }

  async function removeUnfinished(): Promise<void> {
    for (const name of await readdir(at(FOLDER)).catch(() => [])) {
      if (name.startsWith(UNFINISHED)) await rm(at(FOLDER, name), { recursive: true, force: true });
    }
  }

  return {
    current: () => ofLink('current'),
    previous: () => ofLink('previous'),
    async refused() {
      const text = await readFile(at('refused'), 'utf8').catch(() => '');
      return text.trim() || undefined;
    },
    async add(source, keyFile) {
      await removeUnfinished();
      const folder = at(FOLDER, `${UNFINISHED}${process.pid}`);
      try {
        await unpack(source, folder).catch((cause) => {
          const fault = cause.code ?? 'unknown';
          throw releaseError('release-unreadable', { path: source, fault }, cause);
        });
        const { version } = await checkRelease(folder, keyFile);
        const known = await stat(at(FOLDER, version)).catch(() => undefined);
        // one that is there may be damaged: it is not what was proven just now
        if (known && version !== (await ofLink('current'))) {
          await rm(at(FOLDER, version), { recursive: true, force: true });
        }
        if (!known || version !== (await ofLink('current'))) {
          await rename(folder, at(FOLDER, version));
          await systemDisk.syncFolder(at(FOLDER));
        }
        return version;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async tryOut({ from, to }) {
      await rm(at('refused'), { force: true });
      await writeDurably(at('trial'), `${from} ${to} 0\n`, { mode: READABLE_MODE });
      await link('current', to);
    },
    async trial() {
      const text = await readFile(at('trial'), 'utf8').catch(() => '');
      const [from, to, starts] = text.trim().split(' ');
      return from && to && starts ? { from, to } : undefined;
    },
    async keep({ from, to }) {
      await link('previous', from);
      await removeDurably(at('trial'));
      for (const name of await readdir(at(FOLDER))) {
        if (name !== from && name !== to) await rm(at(FOLDER, name), { recursive: true });
      }
    },
    async takeBack({ from }) {
      await link('current', from);
      await removeDurably(at('trial'));
    },
  };
}
