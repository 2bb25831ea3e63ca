import { ask } from './api.ts';
import { CAMERA_HEIGHT, CAMERA_WIDTH, jpegOf } from './camera-picture.ts';
import { t } from './page.svelte.ts';

const FRAME_MILLISECONDS = 200;
/** Each frame stays in front of the gate's camera until the next has surely come. */
const HOLD_MILLISECONDS = 1_000;

/** The visitor's own camera in the place of the gate's. */
export const webcam = $state({ on: false, frames: 0, canvas: document.createElement('canvas') });

let stream: MediaStream | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks the browser for the webcam and sends about five pictures a second. */
export async function startWebcam(): Promise<void> {
  const video = document.createElement('video');
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { width: CAMERA_WIDTH, height: CAMERA_HEIGHT, facingMode: 'environment' },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(t('webcamRefused', { reason }));
  }
  video.srcObject = stream;
  video.muted = true;
  await video.play();
  webcam.canvas.width = CAMERA_WIDTH;
  webcam.canvas.height = CAMERA_HEIGHT;
  webcam.on = true;
  void nextFrame(video);
}

export async function stopWebcam(): Promise<void> {
  webcam.on = false;
  clearTimeout(timer);
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  await ask('DELETE', 'camera');
}

/** One picture at a time: the next is taken when the last has arrived. */
async function nextFrame(video: HTMLVideoElement): Promise<void> {
  webcam.canvas.getContext('2d')?.drawImage(video, 0, 0, CAMERA_WIDTH, CAMERA_HEIGHT);
  webcam.frames += 1;
  // a gateway that is switched off has no camera; the next picture tries again
  await ask('POST', `camera?ms=${HOLD_MILLISECONDS}`, await jpegOf(webcam.canvas)).catch(() => 0);
  if (webcam.on) timer = setTimeout(() => void nextFrame(video), FRAME_MILLISECONDS);
}
