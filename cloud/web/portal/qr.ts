import { encode } from 'uqr';

/** Light modules around a QR, as its standard asks. */
export const QUIET_MODULES = 4;

/** Dark modules of a QR, row by row, without the quiet zone. */
export type Modules = readonly (readonly boolean[])[];

/**
 * Digits as a numeric QR at level M: a secure code gives version 5, 37 modules. A gate reads it more
 * often than version 4 at level L of the same size (docs/bench.md).
 */
export function qrModules(text: string): Modules {
  return encode(text, { ecc: 'M', boostEcc: false, border: 0 }).data;
}

/** A screen whose pixels meet those of CSS less often than this has no grid. */
const GRID_MAX = 64;

/**
 * Device pixels from one place to the next where a device pixel and a CSS pixel begin together.
 * Browsers put pictures onto either; anything between would double or lose some rows.
 */
export function gridOf(ratio: number): number {
  for (let pixels = 1; pixels <= GRID_MAX; pixels++) {
    const css = pixels / ratio;
    if (Math.round(css) > 0 && Math.abs(css - Math.round(css)) < 1e-6) return pixels;
  }
  return 1;
}

/**
 * How large to draw a QR so that every module is the same whole number of device pixels.
 * @param room CSS pixels there are, quiet zone included
 * @param ratio device pixels a CSS pixel
 * @returns device pixels: of a module, of the whole picture, from its edge to the first module
 */
export function crispSize(modules: number, room: number, ratio: number) {
  const across = modules + 2 * QUIET_MODULES;
  const grid = gridOf(ratio);
  const most = Math.floor((room * ratio) / grid) * grid;
  const module = Math.max(1, Math.floor(most / across));
  const device = Math.ceil((module * across) / grid) * grid;
  return { module, device, edge: Math.floor((device - module * modules) / 2) };
}

/** Draws a code onto a canvas, black on white, and makes the canvas as large as it has to be. */
export function drawCode(canvas: HTMLCanvasElement, text: string, room: number): void {
  const modules = qrModules(text);
  const { module, device, edge } = crispSize(modules.length, room, devicePixelRatio);
  canvas.width = device;
  canvas.height = device;
  canvas.style.width = `${device / devicePixelRatio}px`;
  canvas.style.height = canvas.style.width;
  settle(canvas);
  const ink = canvas.getContext('2d');
  if (!ink) return;
  ink.fillStyle = '#ffffff';
  ink.fillRect(0, 0, device, device);
  ink.fillStyle = '#000000';
  modules.forEach((row, line) => {
    row.forEach((dark, column) => {
      if (dark) ink.fillRect(edge + column * module, edge + line * module, module, module);
    });
  });
}

/**
 * Moves a canvas onto the grid, by half a step at most. What stands above it may change its height
 * at any time, so this is asked again and again and mostly does nothing.
 */
export function settle(canvas: HTMLCanvasElement): void {
  const { style } = canvas;
  const { left, top } = canvas.getBoundingClientRect();
  const step = gridOf(devicePixelRatio) / devicePixelRatio;
  const moved = (was: string, at: number) => {
    const base = at - (Number.parseFloat(was) || 0);
    return `${Math.round(base / step) * step - base}px`;
  };
  style.left = moved(style.left, left + scrollX);
  style.top = moved(style.top, top + scrollY);
}

/** Leaves nothing of a code on the canvas. */
export function wipeCode(canvas: HTMLCanvasElement): void {
  canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
}
