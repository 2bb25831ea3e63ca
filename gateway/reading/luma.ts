/** A picture's brightness: one byte a pixel, row by row, `width * height` bytes at least. */
export interface Luma {
  readonly luma: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** In pixels, from the picture's upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}
