import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { lstat, open, readdir, readFile, readlink } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../durable-file.ts';
import { releaseError } from './errors.ts';

export const MANIFEST_FILE = 'release.json';
export const SIGNATURE_FILE = 'release.sig';
/** A release has some ten thousand files; a manifest of more is none. */
const FILES_MAX = 100_000;
const MANIFEST_BYTES_MAX = 32 * 1024 * 1024;
const READABLE_MODE = 0o644;
const CHUNK_BYTES = 256 * 1024;

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** What a release consists of: every file by its digest, every link by where it leads. */
export const Manifest = z.strictObject({
  version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/),
  made: z.string().max(40),
  files: z.record(z.string().min(1).max(1_000), digest),
  links: z.record(z.string().min(1).max(1_000), z.string().min(1).max(1_000)),
});
export type Manifest = z.infer<typeof Manifest>;

interface Contents {
  readonly files: Map<string, string>;
  readonly links: Map<string, string>;
}

/** Digests of all files below a folder, and its links; the two manifest files left out. */
async function contentsOf(folder: string): Promise<Contents> {
  const files = new Map<string, string>();
  const links = new Map<string, string>();
  const walk = async (below: string): Promise<void> => {
    for (const name of (await readdir(join(folder, below))).sort()) {
      const path = below === '' ? name : `${below}/${name}`;
      if (path === MANIFEST_FILE || path === SIGNATURE_FILE) continue;
      const at = await lstat(join(folder, path));
      if (at.isSymbolicLink()) links.set(path, await readlink(join(folder, path)));
      else if (at.isDirectory()) await walk(path);
      else if (at.isFile()) files.set(path, await digestOf(join(folder, path)));
      else throw releaseError('release-altered', { file: path });
      if (files.size + links.size > FILES_MAX)
        throw releaseError('release-altered', { file: path });
    }
  };
  await walk('');
  return { files, links };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    const piece = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(piece);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/**
 * Makes a folder a release: writes its manifest and the Ed25519 signature over the manifest's bytes.
 * @param made when, as ISO text
 * @param key private key, PEM
 */
export async function signRelease(
  folder: string,
  { version, made, key }: { version: string; made: string; key: string },
): Promise<Manifest> {
  const { files, links } = await contentsOf(folder);
  const manifest = Manifest.parse({
    ...{ version, made },
    files: Object.fromEntries(files),
    links: Object.fromEntries(links),
  });
  const bytes = Buffer.from(`${JSON.stringify(manifest)}\n`);
  const signature = sign(null, bytes, createPrivateKey(key)).toString('base64');
  await writeDurably(join(folder, MANIFEST_FILE), bytes, { mode: READABLE_MODE });
  await writeDurably(join(folder, SIGNATURE_FILE), signature, { mode: READABLE_MODE });
  return manifest;
}

/**
 * Reads a release's manifest and proves it: signed by the key, and not a file more, less or other.
 * @throws `release-unreadable`, `release-unsigned` or `release-altered` with the first such file
 */
export async function checkRelease(folder: string, keyFile: string): Promise<Manifest> {
  const read = (name: string) =>
    readFile(join(folder, name)).catch((cause) => {
      throw releaseError('release-unreadable', { path: name, fault: cause.code }, cause);
    });
  const bytes = await read(MANIFEST_FILE);
  const signature = Buffer.from((await read(SIGNATURE_FILE)).toString(), 'base64');
  const key = createPublicKey(
    await readFile(keyFile).catch((cause) => {
      throw releaseError('release-unsigned', { key: keyFile }, cause);
    }),
  );
  const isOurs = key.asymmetricKeyType === 'ed25519' && verify(null, bytes, key, signature);
  if (!isOurs || bytes.length > MANIFEST_BYTES_MAX) {
    throw releaseError('release-unsigned', { key: keyFile });
  }
  const manifest = Manifest.parse(JSON.parse(bytes.toString()));
  const { files, links } = await contentsOf(folder);
  compare(files, new Map(Object.entries(manifest.files)));
  compare(links, new Map(Object.entries(manifest.links)));
  for (const [path, target] of links) {
    const leads = normalize(join(path, '..', target));
    if (isAbsolute(target) || leads.startsWith('..')) {
      throw releaseError('release-altered', { file: path });
    }
  }
  return manifest;
}

function compare(found: ReadonlyMap<string, string>, told: ReadonlyMap<string, string>): void {
  for (const path of new Set([...found.keys(), ...told.keys()])) {
    if (found.get(path) !== told.get(path)) throw releaseError('release-altered', { file: path });
  }
}
