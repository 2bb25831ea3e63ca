import type { Scene } from './scene.ts';

/** A picture as a decoder is given it. */
export type Picture = Pick<Scene, 'luma'> & { readonly width: number; readonly height: number };

/** What a decoder says of one picture. */
export interface Said {
  readonly text: string;
  /** zxing's name, where the decoder tells. */
  readonly symbology?: string;
  /** Which treatment read it, where the decoder has several. */
  readonly stage?: string;
  /** A point inside the code, in pixels, where the decoder tells. */
  readonly at?: { readonly x: number; readonly y: number };
}

/** One decoder with its options. `prepare` makes its own kind of picture and is not timed. */
export interface Reader<Input = unknown> {
  readonly name: string;
  readonly about: string;
  prepare(picture: Picture): Input;
  read(input: Input): readonly Said[] | Promise<readonly Said[]>;
  /** For frames one after another: a reader of its own that remembers those before. */
  follow?(): Reader<Input>;
}

/** Formats on tickets, by zxing's names. */
export const TICKET_FORMATS = [
  'QRCode',
  'Aztec',
  'PDF417',
  'Code128',
  'ITF',
  'EAN13',
  'DataMatrix',
] as const;

/** What the tickets of the scenes have in common, as an organiser would write it down. */
export const TICKET_SHAPES = [
  { symbology: 'EAN13', length: [13, 13], alphabet: 'digits', prefix: '29' },
  { symbology: 'ITF', length: [14, 14], alphabet: 'digits' },
  { symbology: 'Code128', length: [12, 12], alphabet: 'digits', prefix: '70' },
  { symbology: 'PDF417', length: [48, 48], alphabet: 'capitals', prefix: 'T1' },
] as const;
