import { z } from 'zod';
import { scannerProfileNames } from './scanner/profiles.ts';
import { MAX_PULSE_MILLISECONDS } from './turnstile/relay-timers.ts';

const milliseconds = (low: number, high: number, otherwise: number, description: string) =>
  z.int().min(low).max(high).default(otherwise).meta({ description, unit: 'ms' });

const wirePath = (description: string) =>
  z
    .string()
    .regex(
      /^(\/dev\/.+|tcp:\/\/[^/]+:\d+|unix:\/.+)$/,
      'is /dev/..., tcp://host:port or unix:/path',
    )
    .meta({ description });

const speed = (description: string) =>
  z.int().min(300).max(921_600).meta({ description, unit: 'baud' });

/** Controls of a USB camera that settings may name. */
const CONTROLS_MAX = 32;

const pipe = {
  width: z.int().min(64).max(4096).multipleOf(2).default(1280).meta({
    description: 'Width of a frame.',
    unit: 'pixel',
  }),
  height: z
    .int()
    .min(64)
    .max(4096)
    .multipleOf(2)
    .default(720)
    .meta({ description: 'Height of a frame.', unit: 'pixel' }),
  framesPerSecond: z
    .number()
    .min(1)
    .max(120)
    .default(30)
    .meta({ description: 'What the camera is asked for.', unit: 'frames/s' }),
  silenceMilliseconds: milliseconds(
    1_000,
    60_000,
    5_000,
    'Without a frame for so long the camera program is started again.',
  ),
  shutter: z.int().min(50).max(100_000).nullable().default(4_000).meta({
    description: 'Light a frame; short, since hands move. null: as the camera likes.',
    unit: 'µs',
  }),
  program: z.array(z.string().min(1)).min(1).max(32).optional().meta({
    description: 'Another program and its leading arguments in the place of the usual one.',
  }),
};

/** 15 cm, in the middle of where phones are held. */
const READING_DIOPTRES = 6.7;

const rpicamLight = {
  gain: z.number().min(1).max(16).nullable().default(null).meta({
    description: 'Fixed sensitivity, where the light never changes. null: as bright as asked.',
    unit: 'times',
  }),
  brightness: z.number().min(-4).max(4).default(-1).meta({
    description: 'Darker (below 0) than the camera likes, so that bright phones do not clip.',
    unit: 'stops',
  }),
  focus: z.number().min(0).max(30).nullable().default(READING_DIOPTRES).meta({
    description: 'Fixed focus, 1 / metres; nothing moves on a lens that has none. null: automatic.',
    unit: 'dioptre',
  }),
};

const own = (description: string) =>
  z.int().min(0).max(65_535).nullable().default(null).meta({ description });

const v4l2Light = {
  gain: own("Fixed gain in the camera's own numbers. null: as it is."),
  focus: own("Fixed focus in the camera's own numbers. null: as it is."),
  controls: z
    .record(z.string().regex(/^[a-z0-9_]{1,64}$/), z.int())
    .refine((controls) => Object.keys(controls).length <= CONTROLS_MAX, 'has 32 at most')
    .default({})
    .meta({ description: 'Further controls, by their names in v4l2-ctl --list-ctrls.' }),
};

/** The camera of a lane. */
export const cameraSettings = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('file').meta({ description: 'Pictures from disk.' }),
    path: z.string().min(1).meta({ description: 'A PNG or JPEG, or a folder of them.' }),
    framesPerSecond: z
      .number()
      .min(0.1)
      .max(60)
      .default(5)
      .meta({ description: 'How often the next picture is shown.', unit: 'frames/s' }),
  }),
  z.strictObject({
    kind: z.literal('rpicam').meta({ description: 'The Pi camera through rpicam-vid.' }),
    ...pipe,
    ...rpicamLight,
  }),
  z.strictObject({
    kind: z.literal('v4l2').meta({ description: 'A USB camera through ffmpeg.' }),
    device: z
      .string()
      .min(1)
      .default('/dev/video0')
      .meta({ description: 'The video device; /dev/v4l/by-id/... stays the same.' }),
    inputFormat: z
      .enum(['mjpeg', 'yuyv422'])
      .default('mjpeg')
      .meta({ description: 'What the camera sends; yuyv422 needs no JPEG decoding.' }),
    ...pipe,
    ...v4l2Light,
  }),
]);

/** One serial scanner of a lane. */
export const scannerSettings = z.strictObject({
  profile: z
    .enum(scannerProfileNames as [string, ...string[]] as typeof scannerProfileNames)
    .default('generic')
    .meta({ description: 'The maker, which gives speed, first commands and answers.' }),
  path: wirePath('Where the scanner is; /dev/serial/by-id/... stays the same.'),
  baud: speed('Speed, where it is not the one of the profile.').optional(),
  parity: z
    .enum(['none', 'even', 'odd'])
    .default('none')
    .meta({ description: 'Parity; always 8 data bits and 1 stop bit.' }),
  init: z
    .string()
    .regex(/^([0-9a-fA-F]{2}){0,256}$/, 'is bytes in hexadecimal')
    .optional()
    .meta({ description: 'Bytes in hexadecimal sent at the start, in the place of the profile.' }),
});

const pin = (otherwise: number | null, description: string) =>
  z.int().min(2).max(69).nullable().default(otherwise).meta({ description, unit: 'pin' });

/** No two names may share a number. */
function onePinEach(pins: object, context: z.RefinementCtx): void {
  const seen = new Map<number, string>();
  for (const [name, number] of Object.entries(pins)) {
    if (number === null) continue;
    const other = seen.get(number);
    if (other) context.addIssue({ code: 'custom', path: [name], message: `${other} has it` });
    seen.set(number, name);
  }
}

const arduinoPins = z
  .strictObject({
    relayEntry: pin(7, 'Relay that unlocks the entry; null where there is none.'),
    relayExit: pin(8, 'Relay that unlocks the exit.'),
    lampRed: pin(5, 'Red lamp.'),
    lampGreen: pin(4, 'Green lamp.'),
    lampWhite: pin(6, 'White lamp.'),
    buzzer: pin(9, 'Buzzer with its own oscillator.'),
    passageEntry: pin(2, 'Passage contact of the entry.'),
    passageExit: pin(3, 'Passage contact of the exit.'),
    fire: pin(10, 'Copy of the fire loop.'),
    button: pin(null, 'Push-button that arms the gateway.'),
  })
  .superRefine(onePinEach);

const line = (otherwise: number | null, description: string) =>
  z.int().min(0).max(53).nullable().default(otherwise).meta({ description, unit: 'GPIO' });

const gpioPins = z
  .strictObject({
    relayEntry: line(17, 'Relay that unlocks the entry; null where there is none.'),
    relayExit: line(27, 'Relay that unlocks the exit.'),
    lampRed: line(5, 'Red lamp.'),
    lampGreen: line(6, 'Green lamp.'),
    lampWhite: line(13, 'White lamp.'),
    buzzer: line(19, 'Buzzer with its own oscillator.'),
    passageEntry: line(22, 'Passage contact of the entry.'),
    passageExit: line(23, 'Passage contact of the exit.'),
    fire: line(24, 'Copy of the fire loop.'),
    button: line(null, 'Push-button that arms the gateway.'),
  })
  .superRefine(onePinEach);

const maximumPulse = milliseconds(
  100,
  MAX_PULSE_MILLISECONDS,
  MAX_PULSE_MILLISECONDS,
  'A relay is dropped after so long whatever was asked.',
);
const channel = (otherwise: number | null, description: string) =>
  z.int().min(1).max(8).nullable().default(otherwise).meta({ description, unit: 'channel' });
const contact = z.enum(['no', 'nc']);
const level = z.enum(['high', 'low']);
const passageContact = contact
  .default('no')
  .meta({ description: 'no: closes when somebody passes; nc: opens.' });
const fireContact = contact
  .default('nc')
  .meta({ description: 'nc: opens in an emergency, and so does a cut wire; no: closes.' });
const unlockLevel = level.default('high').meta({ description: 'Level of the pin that unlocks.' });
const lampLevel = level.default('high').meta({ description: 'Level that lights a lamp.' });

/** The turnstile of a lane. */
export const turnstileSettings = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('arduino').meta({ description: 'An Arduino with StandardFirmata 2.5.' }),
    path: wirePath('Where the board is; /dev/serial/by-id/... stays the same.'),
    baud: speed('Speed of the firmware.').default(57_600),
    pins: arduinoPins.prefault({}).meta({ description: 'Digital pins of the board.' }),
    unlockLevel,
    lampLevel,
    passageContact,
    fireContact,
    maximumPulse,
  }),
  z.strictObject({
    kind: z.literal('serial-relay').meta({ description: 'A serial relay board (LCUS).' }),
    path: wirePath('Where the board is; /dev/serial/by-id/... stays the same.'),
    baud: speed('Speed of the board.').default(9_600),
    entryChannel: channel(1, 'Channel that unlocks the entry; null where there is none.'),
    exitChannel: channel(null, 'Channel that unlocks the exit.'),
    answersStatus: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether the board answers FF with the state of its channels.' }),
    maximumPulse,
  }),
  z.strictObject({
    kind: z.literal('gpio').meta({ description: "The Pi's own pins." }),
    chip: z
      .string()
      .min(1)
      .max(100)
      .default('auto')
      .meta({ description: 'auto finds the chip of the 40 pins; else a path or a label.' }),
    pins: gpioPins.prefault({}).meta({ description: 'BCM numbers (GPIO17), not header pins.' }),
    unlockLevel,
    lampLevel,
    passageContact,
    fireContact,
    closedLevel: level
      .default('low')
      .meta({ description: 'Level of an input whose contact is closed.' }),
    bias: z
      .enum(['pull-up', 'pull-down', 'none'])
      .default('pull-up')
      .meta({ description: 'Pull of the inputs; none where the HAT has its own.' }),
    debounce: milliseconds(0, 200, 5, 'An input counts once it has held for so long.'),
    maximumPulse,
    program: z.array(z.string().min(1)).min(1).max(32).optional().meta({
      description: 'Another program in the place of the one that holds the lines.',
    }),
  }),
  z.strictObject({
    kind: z.literal('modbus-relay').meta({ description: 'A Modbus RTU relay board (Waveshare).' }),
    path: wirePath('Where the board is; /dev/serial/by-id/... stays the same.'),
    baud: speed('Speed of the board.').default(9_600),
    address: z
      .int()
      .min(1)
      .max(247)
      .default(1)
      .meta({ description: 'Modbus address of the board.', unit: 'address' }),
    entryChannel: channel(1, 'Channel that unlocks the entry; null where there is none.'),
    exitChannel: channel(null, 'Channel that unlocks the exit.'),
    passageEntryInput: channel(null, 'Input of the passage contact of the entry.'),
    passageExitInput: channel(null, 'Input of the passage contact of the exit.'),
    fireInput: channel(null, 'Input that reads a copy of the fire loop.'),
    buttonInput: channel(null, 'Input of a push-button that arms the gateway.'),
    passageContact,
    fireContact,
    maximumPulse,
  }),
]);

/** What stands at one lane. */
export const laneHardware = z.strictObject({
  camera: cameraSettings.optional(),
  scanners: z
    .array(scannerSettings)
    .max(8)
    .default([])
    .meta({ description: 'Serial scanners of the lane.' }),
  turnstile: turnstileSettings,
});

export type CameraSettings = z.infer<typeof cameraSettings>;
export type ScannerSettings = z.infer<typeof scannerSettings>;
export type TurnstileSettings = z.infer<typeof turnstileSettings>;
export type LaneHardware = z.infer<typeof laneHardware>;
/** The same before defaults are filled in: what stands in a config file. */
export type LaneHardwareInput = z.input<typeof laneHardware>;
