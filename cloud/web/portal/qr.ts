import { encode } from 'uqr';

/** Light modules around a QR, as its standard asks. */
export const QUIET_MODULES = 4;

/** Dark modules of a QR, row by row, without the quiet zone. */
export type Modules = readonly (readonly boolean[])[];

/** Digits as a numeric QR at level L: a secure code gives version 4, 33 modules. */
export function qrModules(text: string): Modules {
  return encode(text, { ecc: 'L', boostEcc: false, border: 0 }).data;
}

/**
 * How large to draw a QR so that every module is the same whole number of device pixels.
 * @param room CSS pixels there are, quiet zone included
 * @param ratio device pixels a CSS pixel
 */
export function crispSize(modules: number, room: number, ratio: number) {
  const across = modules + 2 * QUIET_MODULES;
  const module = Math.max(1, Math.floor((room * ratio) / across));
  return { module, device: module * across, css: (module * across) / ratio };
}

/** Draws a code onto a canvas, black on white, and makes the canvas as large as it has to be. */
export function drawCode(canvas: HTMLCanvasElement, text: string, room: number): void {
  const modules = qrModules(text);
  const { module, device, css } = crispSize(modules.length, room, devicePixelRatio);
  canvas.width = device;
  canvas.height = device;
  canvas.style.width = `${css}px`;
  canvas.style.height = `${css}px`;
  settle(canvas);
  const ink = canvas.getContext('2d');
  if (!ink) return;
  ink.fillStyle = '#ffffff';
  ink.fillRect(0, 0, device, device);
  ink.fillStyle = '#000000';
  const at = QUIET_MODULES * module;
  modules.forEach((row, line) => {
    row.forEach((dark, column) => {
      if (dark) ink.fillRect(at + column * module, at + line * module, module, module);
    });
  });
}

/** Moves a canvas onto whole device pixels, by less than one, so that nothing is drawn between. */
function settle(canvas: HTMLCanvasElement): void {
  const { style } = canvas;
  style.left = '0';
  style.top = '0';
  const { left, top } = canvas.getBoundingClientRect();
  const off = (at: number) => Math.round(at * devicePixelRatio) / devicePixelRatio - at;
  style.left = `${off(left + scrollX)}px`;
  style.top = `${off(top + scrollY)}px`;
}

/** Leaves nothing of a code on the canvas. */
export function wipeCode(canvas: HTMLCanvasElement): void {
  canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
}
