/** One code as it came out of a picture. */
export interface DecodedCode {
  readonly text: string;
  /** zxing's name, such as `QRCode`. */
  readonly symbology: string;
}

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
}
