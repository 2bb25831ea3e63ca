import { openZXing, type ZXing, type ZXingOptions } from '@gatehouse/gateway';
import { scanGrayBuffer } from '@undecaf/zbar-wasm';
import {
  BarcodeFormat,
  BinaryBitmap,
  ChecksumException,
  DecodeHintType,
  FormatException,
  HybridBinarizer,
  MultiFormatReader,
  NotFoundException,
  RGBLuminanceSource,
} from '@zxing/library';
import jsQR from 'jsqr';
import { decodeQR } from 'qr/decode.js';
import { type Picture, type Reader, type Said, TICKET_FORMATS } from './reader.ts';

/** The decoders a gate could have had instead, each as its own users would set it. */
export async function peers(): Promise<readonly Reader[]> {
  const zxing = await openZXing();
  return [
    zxingReader(zxing, 'zxing-wasm default', 'every format, every try', {
      formats: [],
      tryHarder: true,
      tryRotate: true,
      symbols: 255,
    }),
    zxingReader(zxing, 'zxing-wasm ticket', 'seven formats, every try, one symbol', {
      formats: TICKET_FORMATS,
      tryHarder: true,
      tryRotate: true,
    }),
    zxingReader(zxing, 'zxing-wasm ticket-light', 'seven formats, invert and downscale only', {
      formats: TICKET_FORMATS,
    }),
    jsqr,
    zbar,
    zxingLibrary(),
    qr,
  ] as readonly Reader[];
}

function zxingReader(
  zxing: ZXing,
  name: string,
  about: string,
  options: ZXingOptions,
): Reader<Picture> {
  return {
    name,
    about,
    prepare: (picture) => picture,
    read: (picture) =>
      zxing.read(picture, options).map(({ text, symbology, corners }) => ({
        text,
        symbology,
        at: {
          x: corners.reduce((sum, { x }) => sum + x / 4, 0),
          y: corners.reduce((sum, { y }) => sum + y / 4, 0),
        },
      })),
  };
}

interface Colours {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

const jsqr: Reader<Colours> = {
  name: 'jsQR',
  about: 'attemptBoth',
  prepare({ luma, width, height }) {
    const data = new Uint8ClampedArray(4 * width * height).fill(255);
    for (let i = 0, o = 0; i < width * height; i++, o += 4) {
      data[o] = data[o + 1] = data[o + 2] = luma[i] as number;
    }
    return { data, width, height };
  },
  read({ data, width, height }) {
    // Typed as an ES module, published as a CommonJS one: Node gives its exports as the default.
    const decode = (jsQR as unknown as { default: typeof jsQR.default }).default;
    const found = decode(data, width, height, { inversionAttempts: 'attemptBoth' });
    return found ? [{ text: found.data, symbology: 'QRCode' }] : [];
  },
};

/** ZBar's names of what it can read of tickets. */
const ZBAR_NAMES: Readonly<Record<string, string>> = {
  ZBAR_QRCODE: 'QRCode',
  ZBAR_CODE128: 'Code128',
  ZBAR_I25: 'ITF',
  ZBAR_EAN13: 'EAN13',
};

const zbar: Reader<Picture> = {
  name: 'zbar-wasm',
  about: 'as it comes',
  prepare: ({ luma, width, height }) => ({ luma: Uint8Array.from(luma), width, height }),
  async read({ luma, width, height }) {
    const found = await scanGrayBuffer(luma.buffer as ArrayBuffer, width, height);
    return found.map((one): Said => {
      const symbology = ZBAR_NAMES[one.typeName];
      return { text: one.decode(), ...(symbology && { symbology }) };
    });
  },
};

function zxingLibrary(): Reader<Picture & { readonly clamped: Uint8ClampedArray }> {
  const reader = new MultiFormatReader();
  const formats = [
    BarcodeFormat.QR_CODE,
    BarcodeFormat.AZTEC,
    BarcodeFormat.PDF_417,
    BarcodeFormat.CODE_128,
    BarcodeFormat.ITF,
    BarcodeFormat.EAN_13,
    BarcodeFormat.DATA_MATRIX,
  ];
  const hints = new Map<DecodeHintType, unknown>([
    [DecodeHintType.POSSIBLE_FORMATS, formats],
    [DecodeHintType.TRY_HARDER, true],
  ]);
  return {
    name: '@zxing/library',
    about: 'seven formats, TRY_HARDER',
    prepare: (picture) => ({ ...picture, clamped: new Uint8ClampedArray(picture.luma) }),
    read({ clamped, width, height }) {
      try {
        const source = new RGBLuminanceSource(clamped, width, height);
        const found = reader.decode(new BinaryBitmap(new HybridBinarizer(source)), hints);
        return [{ text: found.getText() }];
      } catch (error) {
        if (isNothing(error)) return [];
        throw error;
      }
    },
  };
}

function isNothing(error: unknown): boolean {
  return [NotFoundException, FormatException, ChecksumException].some(
    (kind) => error instanceof kind,
  );
}

const qr: Reader<Colours> = {
  name: 'qr',
  about: 'as it comes: 16 ms for a picture',
  prepare: jsqr.prepare,
  read(image) {
    try {
      return [{ text: decodeQR(image), symbology: 'QRCode' }];
    } catch (error) {
      // It says by an error both that nothing is there and that it could not be read.
      if (error instanceof Error) return [];
      throw error;
    }
  },
};
