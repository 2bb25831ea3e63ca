import type { Sound } from '@gatehouse/protocol/verdicts';

/** Hertz, milliseconds after the beginning, milliseconds long. */
type Note = readonly [hertz: number, from: number, long: number];
const NOTES: Readonly<Record<Sound, readonly Note[]>> = {
  go: [
    [880, 0, 90],
    [1320, 100, 140],
  ],
  stop: [
    [196, 0, 260],
    [165, 300, 380],
  ],
  attention: [
    [587, 0, 110],
    [587, 170, 110],
    [587, 340, 110],
  ],
};
const LOUDNESS = 0.5;
const RAMP_SECONDS = 0.008;

/** Plays what an answer sounds like; a new one cuts off the last. */
export interface Sounder {
  /** Browsers let a page sound only after a tap; call it in one. */
  wake(): void;
  play(sound: Sound): void;
}

export function createSounder(): Sounder {
  let context: AudioContext | undefined;
  let playing: OscillatorNode[] = [];

  function wake(): void {
    context ??= new AudioContext();
    // A browser that still wants a tap leaves it asleep; the screen answers all the same.
    if (context.state === 'suspended') context.resume().catch(console.warn);
  }

  function note(on: AudioContext, [hertz, from, long]: Note): OscillatorNode {
    const begins = on.currentTime + from / 1000;
    const ends = begins + long / 1000;
    const volume = on.createGain();
    volume.gain.setValueAtTime(0, begins);
    volume.gain.linearRampToValueAtTime(LOUDNESS, begins + RAMP_SECONDS);
    volume.gain.setValueAtTime(LOUDNESS, ends - RAMP_SECONDS);
    volume.gain.linearRampToValueAtTime(0, ends);
    const tone = on.createOscillator();
    tone.type = 'triangle';
    tone.frequency.value = hertz;
    tone.connect(volume).connect(on.destination);
    tone.start(begins);
    tone.stop(ends);
    return tone;
  }

  return {
    wake,
    play(sound) {
      if (context?.state !== 'running') return;
      const on = context;
      for (const tone of playing) tone.disconnect();
      playing = NOTES[sound].map((one) => note(on, one));
    },
  };
}
