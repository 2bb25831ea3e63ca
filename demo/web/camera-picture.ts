import { drawQr, type Modules, QUIET_MODULES } from './qr.ts';

/** Size of the picture that goes to the camera. */
export const CAMERA_WIDTH = 1280;
export const CAMERA_HEIGHT = 720;
const JPEG_QUALITY = 0.92;

export interface HeldPicture {
  readonly kind: 'phone' | 'paper';
  readonly modules: Modules;
  readonly title: string;
  readonly place: string;
}

/** Draws what the gate's camera sees when a guest holds a ticket to it: tilted, lit from a side. */
export function drawHeld(canvas: HTMLCanvasElement, held: HeldPicture, tilt: number): void {
  canvas.width = CAMERA_WIDTH;
  canvas.height = CAMERA_HEIGHT;
  const ink = canvas.getContext('2d');
  if (!ink) throw new Error('this browser draws no pictures');
  drawRoom(ink);
  ink.save();
  ink.translate(CAMERA_WIDTH / 2, CAMERA_HEIGHT / 2 + 14);
  ink.rotate((tilt * Math.PI) / 180);
  if (held.kind === 'phone') drawPhone(ink, held);
  else drawPaper(ink, held);
  ink.restore();
  drawLight(ink);
}

/** The picture as JPEG bytes. */
export function jpegOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('this browser makes no JPEG'))),
      'image/jpeg',
      JPEG_QUALITY,
    );
  });
}

function drawRoom(ink: CanvasRenderingContext2D): void {
  const wall = ink.createLinearGradient(0, 0, 0, CAMERA_HEIGHT);
  wall.addColorStop(0, '#3a3346');
  wall.addColorStop(1, '#191522');
  ink.fillStyle = wall;
  ink.fillRect(0, 0, CAMERA_WIDTH, CAMERA_HEIGHT);
  for (const [x, y, radius] of [
    [150, 120, 90],
    [1120, 160, 130],
    [980, 560, 70],
  ] as const) {
    const lamp = ink.createRadialGradient(x, y, 0, x, y, radius);
    lamp.addColorStop(0, 'rgb(255 214 150 / 30%)');
    lamp.addColorStop(1, 'rgb(255 214 150 / 0%)');
    ink.fillStyle = lamp;
    ink.fillRect(x - radius, y - radius, radius * 2, radius * 2);
  }
}

function drawLight(ink: CanvasRenderingContext2D): void {
  const light = ink.createLinearGradient(0, 0, CAMERA_WIDTH, CAMERA_HEIGHT);
  light.addColorStop(0, 'rgb(255 244 220 / 8%)');
  light.addColorStop(0.5, 'rgb(0 0 0 / 0%)');
  light.addColorStop(1, 'rgb(0 0 0 / 22%)');
  ink.fillStyle = light;
  ink.fillRect(0, 0, CAMERA_WIDTH, CAMERA_HEIGHT);
}

function drawPhone(ink: CanvasRenderingContext2D, held: HeldPicture): void {
  const width = 452;
  const height = 860;
  ink.fillStyle = '#0b0910';
  ink.beginPath();
  ink.roundRect(-width / 2, -height / 2, width, height, 54);
  ink.fill();
  ink.fillStyle = '#43246b';
  ink.beginPath();
  ink.roundRect(-width / 2 + 14, -height / 2 + 14, width - 28, height - 28, 42);
  ink.fill();
  writeLines(ink, held, '#ffffff', -268);
  drawCode(ink, held.modules, 420);
}

function drawPaper(ink: CanvasRenderingContext2D, held: HeldPicture): void {
  ink.fillStyle = '#fffaf0';
  ink.fillRect(-250, -420, 500, 840);
  writeLines(ink, held, '#191522', -262);
  drawCode(ink, held.modules, 400);
}

function writeLines(
  ink: CanvasRenderingContext2D,
  held: HeldPicture,
  colour: string,
  top: number,
): void {
  ink.fillStyle = colour;
  ink.textAlign = 'center';
  ink.font = '600 30px system-ui, sans-serif';
  ink.fillText(held.title, 0, top, 400);
  ink.font = '24px system-ui, sans-serif';
  ink.fillText(held.place, 0, top + 38, 400);
}

function drawCode(ink: CanvasRenderingContext2D, modules: Modules, room: number): void {
  const across = modules.length + 2 * QUIET_MODULES;
  const module = Math.floor(room / across);
  drawQr(ink, modules, module, (-across * module) / 2, (-across * module) / 2);
}
