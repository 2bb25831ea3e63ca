import type { SerialSettings } from '../wire.ts';

/** How a device answers a command, so that an answer is never taken for a code. */
export type AnswerShape = 'gm65' | 'honeywell' | 'newland' | 'none';

/** A maker's habits. Everything here can be overridden in the lane's settings. */
export interface ScannerProfile {
  readonly serial: SerialSettings;
  /** Sent when the wire opens. Only volatile settings: flash wears, and a wrong one stays. */
  readonly init: Uint8Array;
  /** Whether the device answers `init`. */
  readonly answersInit: boolean;
  readonly answers: AnswerShape;
  /** What the maker's devices put behind a code when they leave the factory. */
  readonly suffix: string;
}

const NOTHING = new Uint8Array();

export const scannerProfiles = {
  /** GM65, GM861S, GM812: `7E 00` frames; init turns the AIM identifier on (address 00D0). */
  gm65: {
    serial: { baud: 9_600 },
    init: Uint8Array.of(0x7e, 0x00, 0x08, 0x01, 0x00, 0xd0, 0x80, 0xab, 0xcd),
    answersInit: true,
    answers: 'gm65',
    suffix: '\r',
  },
  /** N36xx engines, Vuquest 33xx after the maker's one-scan "RS-232 interface" code. */
  honeywell: {
    serial: { baud: 115_200 },
    init: NOTHING,
    answersInit: false,
    answers: 'honeywell',
    suffix: '\r\n',
  },
  /** FM and EM series. */
  newland: {
    serial: { baud: 9_600 },
    init: NOTHING,
    answersInit: false,
    answers: 'newland',
    suffix: '\r\n',
  },
  /** DS457 and others in plain RS-232 (not SSI). */
  zebra: {
    serial: { baud: 9_600 },
    init: NOTHING,
    answersInit: false,
    answers: 'none',
    suffix: '\r',
  },
  generic: {
    serial: { baud: 9_600 },
    init: NOTHING,
    answersInit: false,
    answers: 'none',
    suffix: '\r',
  },
} as const satisfies Record<string, ScannerProfile>;

export type ScannerProfileName = keyof typeof scannerProfiles;
export const scannerProfileNames = Object.keys(scannerProfiles) as ScannerProfileName[];
