import type { DoorState } from '../door-state.ts';

const TONE_HERTZ = 880;
const LOUDNESS = 0.06;

let context: AudioContext | undefined;
let tone: OscillatorNode | undefined;

/** Lets the browser sound what the turnstile's buzzer does. */
export function soundHears(door: DoorState, on: boolean): void {
  const sounding = on && door.gate.buzzer;
  if (sounding === (tone !== undefined)) return;
  if (!sounding) {
    tone?.stop();
    tone = undefined;
    return;
  }
  context ??= new AudioContext();
  const volume = context.createGain();
  volume.gain.value = LOUDNESS;
  tone = context.createOscillator();
  tone.frequency.value = TONE_HERTZ;
  tone.connect(volume).connect(context.destination);
  tone.start();
}
