import { readFile, stat } from 'node:fs/promises';
import { HardwareError } from '../errors.ts';

/** A picture's brightness, one byte a pixel. */
export interface Luma {
  readonly width: number;
  readonly height: number;
  readonly luma: Uint8Array;
}

/** Larger files are not opened. */
export const MAX_PICTURE_BYTES = 32 * 1024 * 1024;
/** Pictures with more pixels are not decoded (a small file may unfold into gigabytes). */
export const MAX_PICTURE_PIXELS = 50_000_000;

/**
 * Decodes a PNG or JPEG to brightness, turned as its EXIF says, transparency shown on white.
 * Throws `camera-picture-broken` or `camera-picture-too-large`.
 */
export async function decodePicture(bytes: Uint8Array, name?: string): Promise<Luma> {
  if (bytes.length > MAX_PICTURE_BYTES) throw new HardwareError('camera-picture-too-large', name);
  // Only who looks at pictures pays for the library: it is a seventh of a gateway's memory.
  const { default: sharp } = await import('sharp');
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PICTURE_PIXELS })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace('b-w')
      .extractChannel(0)
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, luma: data };
  } catch (error) {
    if (/pixel limit/.test(String(error))) {
      throw new HardwareError('camera-picture-too-large', name);
    }
    throw new HardwareError('camera-picture-broken', name);
  }
}

/** Reads and decodes one file; throws as `decodePicture`, or `camera-missing`. */
export async function readPicture(file: string, name: string): Promise<Luma> {
  let bytes: Uint8Array;
  try {
    if ((await stat(file)).size > MAX_PICTURE_BYTES) {
      throw new HardwareError('camera-picture-too-large', name);
    }
    bytes = await readFile(file);
  } catch (error) {
    if (error instanceof HardwareError) throw error;
    throw new HardwareError('camera-missing', name);
  }
  return decodePicture(bytes, name);
}
