import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { main } from 'assemblyscript/asc';

/** What is compiled is checked in beside its source, which is in a folder `assembly`. */
export const COMPILED = 'kernel.wasm';
const ENTRY = 'index.ts';
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];
const READING = join(import.meta.dirname, '..');

/** The folders that have kernels: the whole frame's, and those of samplers. */
export function kernelFolders(): string[] {
  const sources = globSync(join('**', 'assembly', ENTRY), { cwd: READING }).sort();
  return sources.map((source) => join(READING, dirname(dirname(source))));
}

/**
 * Compiles the `assembly` of a folder to WebAssembly.
 * @throws Error with what the compiler said
 */
export async function build(folder: string): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await main([ENTRY, '-o', COMPILED, ...OPTIONS], {
    readFile: (name: string) => readFile(join(folder, 'assembly', name), 'utf8').catch(() => null),
    writeFile: (_name: string, contents: Uint8Array | string) => {
      if (typeof contents !== 'string') wasm = contents;
    },
    listFiles: () => [],
  });
  if (error || !wasm) throw new Error(stderr.toString(), { cause: error });
  return wasm;
}

if (import.meta.main) {
  for (const folder of kernelFolders())
    await writeFile(join(folder, COMPILED), await build(folder));
}
