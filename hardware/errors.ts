/** Who has to do something about an error; `nobody` means that it mends itself. */
export type WhoActs = 'technician' | 'administrator' | 'nobody';

interface HardwareErrorRow {
  readonly acts: WhoActs;
  readonly message: string;
}

/** Every code that a device's health or a `HardwareError` may carry. Codes never change meaning. */
export const hardwareErrors = {
  'camera-program-missing': {
    acts: 'technician',
    message: 'The camera program could not be started; is it installed?',
  },
  'camera-ended': { acts: 'technician', message: 'The camera program ended; it is started again.' },
  'camera-silent': {
    acts: 'technician',
    message: 'No picture came from the camera for too long; it is started again.',
  },
  'camera-wrong-size': {
    acts: 'administrator',
    message: 'The camera sends frames of another size than the settings ask for.',
  },
  'camera-control-refused': {
    acts: 'technician',
    message: 'The camera did not take a setting of light or focus; frames are read as they come.',
  },
  'camera-missing': { acts: 'technician', message: 'The picture file or folder cannot be read.' },
  'camera-picture-broken': {
    acts: 'nobody',
    message: 'A picture could not be decoded and was passed over.',
  },
  'camera-picture-too-large': {
    acts: 'nobody',
    message: 'A picture is larger than the limit and was passed over.',
  },
  'camera-frame-refused': {
    acts: 'nobody',
    message: 'The reader failed on a frame; the camera goes on with the next.',
  },
  'wire-missing': { acts: 'technician', message: 'The device is not plugged in or not reachable.' },
  'wire-refused': {
    acts: 'administrator',
    message: 'The device is there but may not be opened: rights, or another program holds it.',
  },
  'wire-path-unknown': {
    acts: 'administrator',
    message: 'A device path is /dev/..., tcp://host:port or unix:/path.',
  },
  'wire-closed': { acts: 'technician', message: 'The connection to the device was lost.' },
  'wire-stuck': {
    acts: 'technician',
    message: 'The device takes no more bytes; the connection is opened anew.',
  },
  'scanner-line-too-long': {
    acts: 'nobody',
    message: 'The scanner sent more than one code can hold; it was thrown away.',
  },
  'scanner-no-answer': {
    acts: 'technician',
    message: 'The scanner did not answer its settings; wrong profile or speed?',
  },
  'turnstile-no-answer': {
    acts: 'technician',
    message: 'The turnstile board does not answer; is the firmware on it?',
  },
  'turnstile-disconnected': {
    acts: 'technician',
    message: 'The turnstile board is not connected.',
  },
  'turnstile-relay-stuck': {
    acts: 'technician',
    message: 'A relay reads back as on although it was switched off. Close the lane.',
  },
  'turnstile-pin-unusable': {
    acts: 'administrator',
    message: 'The board has no such pin or the pin cannot do what the settings ask.',
  },
  'turnstile-no-relay': {
    acts: 'administrator',
    message: 'No relay is set for this direction.',
  },
  'gpio-program-missing': {
    acts: 'technician',
    message: 'The program that holds the pins could not be started; is python3 installed?',
  },
  'gpio-chip-missing': {
    acts: 'administrator',
    message: 'No GPIO chip of that name is there; is this a Raspberry Pi?',
  },
  'gpio-line-busy': {
    acts: 'administrator',
    message: 'Another program or a device-tree overlay holds a pin of the turnstile.',
  },
  'gpio-program-ended': {
    acts: 'nobody',
    message: 'The program that holds the pins ended; it is started again.',
  },
  'settings-invalid': { acts: 'administrator', message: 'The hardware settings are not valid.' },
} as const satisfies Record<string, HardwareErrorRow>;

export type HardwareErrorCode = keyof typeof hardwareErrors;

/** A failure of a device, with a stable code from the table and no personal data. */
export class HardwareError extends Error {
  readonly code: HardwareErrorCode;
  readonly acts: WhoActs;
  /** What of: a path, a pin, a file's name, the system's own words. */
  readonly detail: string | undefined;

  constructor(code: HardwareErrorCode, detail?: string) {
    const row = hardwareErrors[code];
    super(detail === undefined ? row.message : `${row.message} (${detail})`);
    this.name = 'HardwareError';
    this.code = code;
    this.acts = row.acts;
    this.detail = detail;
  }
}
