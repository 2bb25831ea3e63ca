import type {
  GroupAnswer,
  Handheld,
  HandheldState,
  HandPerformance,
  LocalState,
  Person,
} from '../shared/api.ts';
import type { KeyMap } from '../shared/calibration.ts';
import { type Language, languageOf } from '../shared/languages.ts';
import { createSounder } from '../shared/sound.ts';
import type { Facing } from './camera.ts';
import type { Kept } from './kept.ts';
import { createScreen, type Showing } from './showing.ts';

/**
 * `insecure`: the browser gives no keys to this address. `pair`: not known here. `forgotten`: the
 * gateway has let go of this handheld. `identify`: nobody has said who they are, or it has locked.
 */
export type Phase = 'starting' | 'insecure' | 'pair' | 'forgotten' | 'identify' | 'door';
export type Sheet = '' | 'type' | 'shows' | 'group' | 'search' | 'override' | 'settle' | 'menu';

/** Several tickets shown one after another, or one ticket for several people. */
export type Group =
  | { readonly kind: 'tickets'; codes: string[]; answer?: GroupAnswer | undefined }
  | { readonly kind: 'pass'; people: number; answer?: GroupAnswer | undefined };

/** Everything that the page shows. */
export const page = $state({
  phase: 'starting' as Phase,
  language: languageOf(navigator.languages) as Language,
  gateway: undefined as LocalState['gateway'] | undefined,
  handheld: undefined as Handheld | undefined,
  person: undefined as Person | undefined,
  /** What the gateway says of itself and of this handheld. */
  state: undefined as HandheldState | undefined,
  shows: [] as readonly HandPerformance[],
  showing: { kind: 'ready' } as Showing,
  sheet: '' as Sheet,
  group: undefined as Group | undefined,
  /** The gateway does not answer: nothing on the screen counts. */
  lost: false,
  busy: false,
  /** Stable code of what went wrong last, with its figures; empty when nothing did. */
  fault: '',
  faultDetails: {} as Readonly<Record<string, unknown>>,
  /** The gateway's clock less this one's, in milliseconds. */
  ahead: 0,
  /** Ticks, so that ages on the screen grow. */
  now: Date.now(),
  mono: performance.now(),
  reader: 'camera' as 'camera' | 'wedge',
  /** None: the entrance says which. */
  camera: undefined as Facing | undefined,
  keyMap: undefined as KeyMap | undefined,
  sound: true,
  /** The next thing read is the calibration code. */
  calibrating: false as false | 'waiting' | 'done' | 'length' | 'mixed',
  /** Token of a pairing address that brought us here. */
  token: '',
});

export const screen = createScreen();
export const sounder = createSounder();
/** What this browser keeps, and its keys; there once it has started. */
export const own: { kept?: Kept; keys?: CryptoKeyPair } = {};

/** Shows what the screen holds now. */
export function draw(): void {
  page.showing = screen.showing;
}

export const isLead = () => page.person?.role === 'lead' || page.person?.role === 'technician';

/** Which camera reads: this phone's own choice, else the entrance's. */
export const facing = (): Facing => page.camera ?? page.gateway?.camera ?? 'back';

/** The time at the gateway. */
export const gatewayNow = () => page.now + page.ahead;

export function fail(code: string, details: Readonly<Record<string, unknown>> = {}): void {
  page.fault = code;
  page.faultDetails = details;
}

export async function keepLanguage(language: Language): Promise<void> {
  page.language = language;
  await own.kept?.set('language', language);
}

export async function keepReader(reader: 'camera' | 'wedge'): Promise<void> {
  page.reader = reader;
  await own.kept?.set('reader', reader);
}

export async function keepCamera(camera: Facing): Promise<void> {
  page.camera = camera;
  await own.kept?.set('camera', camera);
}

export async function keepSound(sound: boolean): Promise<void> {
  page.sound = sound;
  await own.kept?.set('sound', sound);
}
