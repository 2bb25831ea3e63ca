import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule, type ZXingReaderModule } from 'zxing-wasm/reader';
import type { Luma, Point } from './luma.ts';

/** What a call to zxing may vary; the rest is fixed where `open` is. */
export interface ZXingOptions {
  /** zxing's names, such as `QRCode`. */
  readonly formats: readonly string[];
  readonly tryHarder?: boolean;
  readonly tryRotate?: boolean;
  readonly tryInvert?: boolean;
  readonly tryDownscale?: boolean;
  /** Pictures with a longer side than this are looked at in smaller sizes too. */
  readonly downscaleThreshold?: number;
  readonly downscaleFactor?: number;
  readonly symbols?: number;
}

/** One code, its corners in pixels of the picture it was read in. */
export interface ZXingRead {
  readonly text: string;
  readonly symbology: string;
  readonly corners: readonly [Point, Point, Point, Point];
}

/** zxing-cpp as WebAssembly, entered by brightness alone (no RGBA between). */
export interface ZXing {
  /** @throws RangeError where the picture is shorter than its size, or memory ends */
  read(picture: Luma, options: ZXingOptions): ZXingRead[];
}

/** What Emscripten puts on every module; zxing-wasm's types leave it to a global. */
interface Memory {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  readonly HEAPU8: Uint8Array;
}

/** Loads the decoder. One instance belongs to one thread. */
export async function openZXing(): Promise<ZXing> {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const module = (await prepareZXingModule({
    overrides: { wasmBinary: readFileSync(wasm).buffer as ArrayBuffer },
    fireImmediately: true,
  })) as ZXingReaderModule & Memory;
  let memory = { pointer: 0, bytes: 0 };

  function place({ luma, width, height }: Luma): number {
    if (luma.length < width * height) throw new RangeError('the picture is shorter than its size');
    if (luma.length > memory.bytes) {
      if (memory.pointer) module._free(memory.pointer);
      memory = { pointer: 0, bytes: 0 };
      const pointer = module._malloc(luma.length);
      if (pointer === 0) throw new RangeError('no memory for a picture of this size');
      memory = { pointer, bytes: luma.length };
    }
    module.HEAPU8.set(luma, memory.pointer);
    return memory.pointer;
  }

  return {
    read(picture, options) {
      if (picture.width < 1 || picture.height < 1) return [];
      const found = module.readBarcodesFromPixmap(place(picture), picture.width, picture.height, {
        formats: options.formats.join('|'),
        tryHarder: options.tryHarder ?? false,
        tryRotate: options.tryRotate ?? false,
        tryInvert: options.tryInvert ?? true,
        tryDownscale: options.tryDownscale ?? true,
        tryDenoise: false,
        binarizer: 0,
        isPure: false,
        downscaleThreshold: options.downscaleThreshold ?? 500,
        downscaleFactor: options.downscaleFactor ?? 3,
        minLineCount: 2,
        maxNumberOfSymbols: options.symbols ?? 1,
        validateOptionalChecksum: false,
        returnErrors: false,
        eanAddOnSymbol: 0,
        textMode: 0,
        characterSet: 0,
        tryCode39ExtendedMode: true,
      });
      const reads: ZXingRead[] = [];
      for (let i = 0; i < found.size(); i++) {
        const one = found.get(i);
        // Micro QR codes come with QR's; noise is full of them.
        if (!one?.isValid || one.format === 'MicroQRCode') continue;
        const { topLeft, topRight, bottomRight, bottomLeft } = one.position;
        const corners = [topLeft, topRight, bottomRight, bottomLeft] as const;
        reads.push({ text: one.text, symbology: one.format, corners });
      }
      (found as typeof found & { delete(): void }).delete();
      return reads;
    },
  };
}
