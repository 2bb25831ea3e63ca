import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url';

/** One frame of the camera; the bitmap is handed over, not copied. */
export interface DecodeRequest {
  readonly frame: ImageBitmap;
  /** Look at it more thoroughly: turned, damaged, small. */
  readonly hard: boolean;
}

export interface DecodeAnswer {
  readonly codes: readonly { readonly text: string; readonly symbology: string }[];
  readonly fault?: string;
}

const FORMATS = ['QRCode', 'Aztec', 'PDF417', 'Code128', 'DataMatrix', 'EAN13', 'ITF'] as const;
/** More pixels make reading slower, not better: a secure code is 37 modules across. */
const LONG_SIDE_MAX = 1_000;

const worker = self as unknown as {
  onmessage: ((event: MessageEvent<DecodeRequest>) => void) | null;
  postMessage(answer: DecodeAnswer): void;
};
const canvas = new OffscreenCanvas(1, 1);
const ink = canvas.getContext('2d', { willReadFrequently: true });

const ready = prepareZXingModule({
  overrides: { locateFile: () => wasm },
  fireImmediately: true,
});

// The first answer says that the decoder is there: no frame waits for it and grows old.
ready.then(
  () => worker.postMessage({ codes: [] }),
  (error: Error) => worker.postMessage({ codes: [], fault: error.message }),
);

worker.onmessage = async ({ data }) => {
  try {
    await ready;
    worker.postMessage({ codes: await read(data) });
  } catch (error) {
    worker.postMessage({ codes: [], fault: (error as Error).message });
  }
};

async function read({ frame, hard }: DecodeRequest): Promise<DecodeAnswer['codes']> {
  const scale = Math.min(1, LONG_SIDE_MAX / Math.max(frame.width, frame.height));
  const width = Math.round(frame.width * scale);
  const height = Math.round(frame.height * scale);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  ink?.drawImage(frame, 0, 0, width, height);
  frame.close();
  const picture = ink?.getImageData(0, 0, width, height);
  if (!picture) throw new Error('this browser gives no pixels');
  const found = await readBarcodes(picture, {
    formats: [...FORMATS],
    tryHarder: hard,
    tryRotate: hard,
    tryInvert: true,
    tryDownscale: true,
    maxNumberOfSymbols: 1,
  });
  return found
    .filter(({ isValid }) => isValid)
    .map(({ text, format }) => ({ text, symbology: format }));
}
