import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** The walls of docs/architecture.md: which room may import which. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  hardware: ['protocol'],
  provisioning: ['protocol'],
  gateway: ['hardware', 'provisioning', 'protocol'],
  cloud: ['provisioning', 'protocol'],
  demo: ['cloud', 'gateway', 'hardware', 'provisioning', 'protocol'],
  attack: ['cloud', 'gateway', 'hardware', 'provisioning', 'protocol'],
  bench: ['cloud', 'gateway', 'hardware', 'provisioning', 'protocol'],
  simulation: ['cloud', 'gateway', 'hardware', 'provisioning', 'protocol'],
};
/** Rooms whose folders are features with a wall of their own. */
const WITH_FEATURES = ['gateway', 'cloud'];
const LINES_MAX = 400;
const IMPORT = /(?:from\s+|import\s*\(\s*|import\s+|new URL\(\s*)'([^']+)'/g;

const root = join(import.meta.dirname, '..');
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\n')
  .filter((file) => /\.(ts|svelte)$/.test(file) && existsSync(join(root, file)));
const sources = files.filter((file) => !isTest(file));

function isTest(file: string): boolean {
  return /\.test\.ts$|\/test\//.test(file);
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(IMPORT)].map((match) => match[1] as string);
}

function roomOf(file: string): string {
  return file.split('/')[0] as string;
}

/** The room or file that an import means, as a path from the root; undefined for packages. */
function target(file: string, specifier: string): string | undefined {
  const own = /^@gatehouse\/([^/]+)(.*)$/.exec(specifier);
  if (own) return `${own[1]}/index.ts`;
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier));
  return undefined;
}

test('every room imports only the rooms that its wall has a door to', () => {
  const broken: string[] = [];
  for (const file of files) {
    const allowed = MAY_IMPORT[roomOf(file)];
    if (!allowed) continue;
    for (const specifier of importsOf(file)) {
      const room = target(file, specifier)?.split('/')[0];
      if (!room || room === roomOf(file) || !(room in MAY_IMPORT)) continue;
      if (!allowed.includes(room)) broken.push(`${file} imports ${specifier}`);
    }
  }
  assert.equal(broken, []);
});

test('a room is entered by its door, never by a path into it', () => {
  const broken = files.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .filter((specifier) => {
        const room = target(file, specifier)?.split('/')[0] as string;
        const shared = specifier.endsWith('.css') || specifier.includes('/scripts/');
        return room in MAY_IMPORT && room !== roomOf(file) && !shared;
      })
      .map((specifier) => `${file} imports ${specifier}`),
  );
  assert.equal(broken, []);
});

test('protocol knows no clock, no chance, no disk and no network', () => {
  const banned =
    /Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|randomBytes|randomUUID|getRandomValues|node:(?!zlib|crypto)/;
  const broken = sources
    .filter((file) => roomOf(file) === 'protocol' && !file.includes('/vectors/'))
    .filter((file) => banned.test(readFileSync(join(root, file), 'utf8')));
  assert.equal(broken, []);
});

function featureOf(path: string): string | undefined {
  const [room, feature, ...rest] = path.split('/');
  return WITH_FEATURES.includes(room as string) && rest.length > 0
    ? `${room}/${feature}`
    : undefined;
}

test('features of a room use what the other’s index exports', () => {
  const broken: string[] = [];
  for (const file of sources) {
    for (const specifier of importsOf(file)) {
      const to = target(file, specifier);
      const feature = to === undefined ? undefined : featureOf(to);
      if (!to || !feature || feature === featureOf(file) || roomOf(to) !== roomOf(file)) continue;
      const isDoor = /\/(index|events|api)\.ts$/.test(to);
      if (!isDoor) broken.push(`${file} imports ${specifier}`);
    }
  }
  assert.equal(broken, []);
});

test('features of a room never import each other in a circle', () => {
  const arrows = new Map<string, Set<string>>();
  for (const file of sources) {
    const from = featureOf(file);
    if (!from) continue;
    const text = readFileSync(join(root, file), 'utf8').replace(/import type [^;]*;/g, '');
    for (const [, specifier] of text.matchAll(IMPORT)) {
      const to = target(file, specifier as string);
      const feature = to === undefined ? undefined : featureOf(to);
      if (feature && feature !== from)
        arrows.set(from, (arrows.get(from) ?? new Set()).add(feature));
    }
  }
  const circles = [...arrows.keys()].filter((feature) => reaches(feature, feature, arrows));
  assert.equal(circles, []);
});

function reaches(from: string, to: string, arrows: ReadonlyMap<string, ReadonlySet<string>>) {
  const seen = new Set<string>();
  const open = [...(arrows.get(from) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === to) return true;
    if (!seen.has(next)) open.push(...(arrows.get(next) ?? []));
    seen.add(next);
  }
  return false;
}

test('no source file is longer than a person reads', () => {
  const long = sources.filter(
    (file) => readFileSync(join(root, file), 'utf8').split('\n').length > LINES_MAX,
  );
  assert.equal(long, []);
});

test.run();
