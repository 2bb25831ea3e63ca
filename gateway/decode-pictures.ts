import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HardwareError, readPicture } from '@gatehouse/hardware';
import { createDecoder, type DecodedCode, STILL_FORMATS } from './reading/index.ts';

const PICTURE = /\.(png|jpe?g|webp|gif|tiff?)$/i;

/** What was read in one picture, or the stable code of why it could not be opened. */
export interface DecodedPicture {
  readonly file: string;
  readonly codes: readonly DecodedCode[];
  readonly ms?: number;
  readonly error?: string;
  readonly message?: string;
}

/**
 * Reads pictures the way a lane reads frames, with all the time a still has.
 * @param paths files, and folders whose pictures are read in the order of their names
 * @returns how many pictures could not be opened
 */
export async function decodePictures(
  paths: readonly string[],
  say: (picture: DecodedPicture) => void,
): Promise<number> {
  const decoder = createDecoder();
  await decoder.start();
  let unread = 0;
  try {
    for (const path of paths) {
      for (const file of await picturesOf(path)) {
        const picture = await decodeOne(file);
        if (picture.error !== undefined) unread += 1;
        say(picture);
      }
    }
  } finally {
    await decoder.stop();
  }
  return unread;

  async function decodeOne(file: string): Promise<DecodedPicture> {
    try {
      const picture = await readPicture(file, file);
      const wanted = { formats: STILL_FORMATS };
      const { codes, milliseconds } = await decoder.still(picture, wanted);
      const texts = codes.map(({ text, symbology, stage, believed }) => ({
        ...{ text, symbology, stage, believed },
      }));
      return { file, codes: texts, ms: Math.round(milliseconds * 10) / 10 };
    } catch (error) {
      if (!(error instanceof HardwareError)) throw error;
      return { file, codes: [], error: error.code, message: error.message };
    }
  }
}

async function picturesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => PICTURE.test(name)).sort();
  return names.map((name) => join(path, name));
}
