import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { main } from 'assemblyscript/asc';

export const COMPILED = 'kernel.wasm';
const ENTRY = 'index.ts';
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];

/**
 * Compiles assembly/ to WebAssembly.
 * @throws Error with what the compiler said
 */
export async function build(): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await main([ENTRY, '-o', COMPILED, ...OPTIONS], {
    readFile: (name: string) =>
      readFile(join(import.meta.dirname, 'assembly', name), 'utf8').catch(() => null),
    writeFile: (_name: string, contents: Uint8Array | string) => {
      if (typeof contents !== 'string') wasm = contents;
    },
    listFiles: () => [],
  });
  if (error || !wasm) throw new Error(stderr.toString(), { cause: error });
  return wasm;
}

if (import.meta.main) await writeFile(join(import.meta.dirname, COMPILED), await build());
