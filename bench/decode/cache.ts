import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HEIGHT, renderBurst, renderScene, type Scene, type SceneOptions, WIDTH } from './scene.ts';

const PIXELS = WIDTH * HEIGHT;

/**
 * Scenes kept in the system's folder for temporary files: rendering takes longer than reading.
 * Another generator is another folder.
 */
export function sceneCache(folder = join(tmpdir(), `gatehouse-scenes-${generator()}`)) {
  mkdirSync(folder, { recursive: true });

  function keep(name: string, render: () => Scene[]): Scene[] {
    const file = join(folder, `${name}.scenes`);
    if (existsSync(file)) return unpack(readFileSync(file));
    const scenes = render();
    writeFileSync(`${file}.${process.pid}`, pack(scenes));
    renameSync(`${file}.${process.pid}`, file);
    return scenes;
  }

  return {
    scene: (seed: number, index: number, options: SceneOptions = {}): Scene =>
      keep(`${seed}-${index}-${options.symbology ?? 'mix'}`, () => [
        renderScene(seed, index, options),
      ])[0] as Scene,
    burst: (seed: number, index: number, frames: number, options: SceneOptions = {}): Scene[] =>
      keep(`${seed}-${index}-${options.symbology ?? 'mix'}-${frames}`, () =>
        renderBurst(seed, index, frames, options),
      ),
  };
}

/** What is known of each scene as one line, then their pixels. */
function pack(scenes: readonly Scene[]): Buffer {
  const known = JSON.stringify(scenes.map(({ luma: _, ...rest }) => rest));
  return Buffer.concat([Buffer.from(`${known}\n`), ...scenes.map(({ luma }) => luma)]);
}

function unpack(bytes: Buffer): Scene[] {
  const end = bytes.indexOf('\n');
  const known = JSON.parse(bytes.toString('utf8', 0, end)) as Omit<Scene, 'luma'>[];
  return known.map((one, i) => {
    const from = end + 1 + i * PIXELS;
    return { ...one, luma: Uint8Array.from(bytes.subarray(from, from + PIXELS)) };
  });
}

/** Changes with any source file that draws scenes. */
function generator(): string {
  const hash = createHash('sha256');
  for (const file of globSync('*.ts', { cwd: import.meta.dirname }).sort()) {
    if (DRAWS.test(file)) hash.update(readFileSync(join(import.meta.dirname, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

const DRAWS =
  /^(conditions|decoy|dice|draw|optics|plane|scene|sensor|surface|symbol|room|strokes)\.ts$/;
