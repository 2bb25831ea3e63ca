import type { StageName } from './read.ts';

/** One code as it came out of a picture. */
export interface DecodedCode {
  readonly text: string;
  /** zxing's name, such as `QRCode`. */
  readonly symbology: string;
  /** The treatment that read it. */
  readonly stage?: StageName | undefined;
  /** False for what noise could imitate: no lane acts on it. */
  readonly believed?: boolean | undefined;
  /** Where it stands in the picture. */
  readonly corners?: Corners | undefined;
}

type Corner = readonly [x: number, y: number];
/** The four corners of a code, around it, in parts of the picture's width and height. */
export type Corners = readonly [Corner, Corner, Corner, Corner];

/** One presentation of one code at a lane, whichever device read it. */
export interface Reading {
  /** Canonical text (protocol's `canonical`). */
  readonly code: string;
  /** As it was read; config codes are read from this one. */
  readonly raw: string;
  readonly symbology: string;
  readonly source: 'camera' | 'scanner';
  /** Monotonic milliseconds at which it was there to be read. */
  readonly at: number;
  /** Milliseconds from then until the text was known. */
  readonly took: number;
  /** Which of the lane's readers: its cameras are counted first, then its scanners. */
  readonly reader?: number | undefined;
  /** Only of a camera: the treatment that read it, and where it stood. */
  readonly stage?: StageName | undefined;
  readonly corners?: Corners | undefined;
}
