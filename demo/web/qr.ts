import { encode } from 'uqr';

/** Light modules around a QR, as its standard asks. */
export const QUIET_MODULES = 4;

/** Dark modules of a QR, row by row, without the quiet zone. */
export type Modules = readonly (readonly boolean[])[];

/** A text as a QR at level M, as the portal draws it: a secure code gives version 5. */
export function qrModules(text: string): Modules {
  return encode(text, { ecc: 'M', boostEcc: false, border: 0 }).data;
}

/**
 * How large to draw a QR so that every module is the same whole number of device pixels.
 * @param cssPixels room there is, quiet zone included
 * @param ratio device pixels a CSS pixel
 */
export function crispSize(
  modules: number,
  cssPixels: number,
  ratio: number,
): { module: number; device: number; css: number } {
  const across = modules + 2 * QUIET_MODULES;
  const module = Math.max(1, Math.floor((cssPixels * ratio) / across));
  return { module, device: module * across, css: (module * across) / ratio };
}

/** The few things drawn with; a canvas context has them. */
export interface Ink {
  fillStyle: unknown;
  fillRect(x: number, y: number, width: number, height: number): void;
}

/** Draws a QR with its quiet zone, its corner at x, y. */
export function drawQr(ink: Ink, modules: Modules, module: number, x = 0, y = 0): void {
  const across = (modules.length + 2 * QUIET_MODULES) * module;
  ink.fillStyle = '#ffffff';
  ink.fillRect(x, y, across, across);
  ink.fillStyle = '#000000';
  const at = QUIET_MODULES * module;
  modules.forEach((row, line) => {
    row.forEach((dark, column) => {
      if (dark) ink.fillRect(x + at + column * module, y + at + line * module, module, module);
    });
  });
}
