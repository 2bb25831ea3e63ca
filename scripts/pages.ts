/**
 * Builds the web pages of the rooms: every folder `<room>/web` or `<room>/web/<page>` with an
 * `index.html` becomes its `dist`. `npm run pages` builds them all; `npm start` only those that are
 * missing or older than what they are made of.
 */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ROOMS = ['gateway', 'cloud', 'demo'];
/** Code outside its own folder that a page is made of. */
const SHARED = [
  'protocol',
  'cloud/alert-mail/api.ts',
  'cloud/fleet/api.ts',
  'cloud/web/base.css',
  'cloud/web/portal/browser.ts',
  'demo/door-state.ts',
  'gateway/web/shared',
  'gateway/web/texts',
  'package-lock.json',
];

/** What no page is made of. */
const NO_SOURCE = /^(dist|node_modules|test)$|\.test\.ts$/;

/** Pages with paths of their own below them; all others run wherever they are served. */
const SERVED_AT: Readonly<Record<string, string>> = {
  'cloud/web/shop': '/shop/',
  'gateway/web/handheld': '/handheld/',
  'gateway/web/display': '/display/',
};

/** Folders of this checkout that hold a page. */
export async function pageFolders(): Promise<string[]> {
  const rooms = ROOMS.map((room) => join(ROOT, room, 'web'));
  const inside = await Promise.all(rooms.map(foldersIn));
  const folders = [...rooms, ...inside.flat()];
  const there = await Promise.all(
    folders.map(async (folder) => (await changedAt(join(folder, 'index.html'))) > 0),
  );
  return folders.filter((_, i) => there[i]);
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'dist')
    .map(({ name }) => join(path, name));
}

/** Whether a page's `dist` is missing or older than one of its sources. */
export async function isStale(folder: string): Promise<boolean> {
  const built = await changedAt(join(folder, 'dist', 'index.html'));
  if (built === 0) return true;
  const sources = [folder, ...SHARED.map((path) => join(ROOT, path))];
  const newest = await Promise.all(sources.map(newestIn));
  return Math.max(...newest) > built;
}

/** Builds one page into its `dist`. */
export async function buildPage(folder: string): Promise<void> {
  await build({
    root: folder,
    base: SERVED_AT[relative(ROOT, folder)] ?? './',
    configFile: false,
    logLevel: 'warn',
    plugins: [svelte({ configFile: false })],
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
  await compress(join(folder, 'dist', 'assets'));
}

/** Beside each script and style what a server sends to browsers that take it compressed. */
async function compress(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => /\.(js|css)$/.test(one))) {
    const file = join(folder, name);
    const bytes = await readFile(file);
    await writeFile(`${file}.br`, brotliCompressSync(bytes));
    await writeFile(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

/** Builds what is stale; answers which pages those were, as paths in the checkout. */
export async function freshenPages(all = false): Promise<string[]> {
  const built: string[] = [];
  for (const folder of await pageFolders()) {
    if (!all && !(await isStale(folder))) continue;
    await buildPage(folder);
    built.push(relative(ROOT, folder));
  }
  return built;
}

/** Milliseconds since 1970 of the newest file in a folder (or of a file); 0 where there is none. */
async function newestIn(path: string): Promise<number> {
  const own = await stat(path).catch(() => undefined);
  if (!own) return 0;
  if (!own.isDirectory()) return own.mtimeMs;
  const entries = await readdir(path, { withFileTypes: true });
  const inside = entries
    .filter(({ name }) => !NO_SOURCE.test(name))
    .map(({ name }) => newestIn(join(path, name)));
  return Math.max(0, ...(await Promise.all(inside)));
}

async function changedAt(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const page of await freshenPages(true)) process.stdout.write(`built ${page}\n`);
}
