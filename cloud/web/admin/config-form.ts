import { localText, momentOf } from './local-time.ts';

/** One lane as it is typed. */
export interface LaneForm {
  name: string;
  direction: 'entry' | 'exit';
  staffed: boolean;
}

/** What an administrator says of a new entrance. */
export interface ConfigForm {
  name: string;
  venue: string;
  entrance: string;
  language: string;
  /** Names of halls that its lanes lead to; none for all. */
  halls: string[];
  lanes: LaneForm[];
  withoutJournal: 'close' | 'open';
  /** '' where the device's own file says it. */
  profile: string;
  camera: string;
  /** Wi-Fi to join first; '' for a cable. */
  ssid: string;
  key: string;
  uses: number | null;
  /** As an input of type `datetime-local` has it. */
  until: string;
  /** Whether nobody need compare keys, and for how long then. */
  waived: boolean;
  waiveMinutes: number | null;
}

/** Each as its speakers call it. */
export const LANGUAGE_NAMES = {
  nl: 'Nederlands',
  en: 'English',
  fr: 'Français',
  de: 'Deutsch',
} as const;

/** What can open lanes and read codes, as docs/hardware.md names it. */
export const PROFILES = ['simulated', 'arduino', 'gpio', 'serial-relay', 'modbus-relay'];
export const CAMERAS = ['rpicam', 'v4l2', 'file', 'none'];

const DAY_MS = 86_400_000;
/** So long at most is nobody asked to compare a key. */
export const WAIVE_MINUTES_MAX = 60;

export function newConfigForm(language: string, now: number): ConfigForm {
  return {
    ...{ name: '', venue: '', entrance: '', language, halls: [] },
    lanes: [{ name: '', direction: 'entry', staffed: false }],
    ...{ withoutJournal: 'close', profile: '', camera: '', ssid: '', key: '' },
    ...{ uses: 1, until: localText(now + DAY_MS), waived: false, waiveMinutes: 30 },
  };
}

/** The body of a new config code. What a gateway does unasked is left out. */
export function configCodeOf(form: ConfigForm, now: number) {
  const { name, venue, entrance, language, uses, withoutJournal, waived } = form;
  return {
    ...{ name, venue, entrance, language, uses },
    lanes: form.lanes.map((lane) => ({ ...lane })),
    halls: [...form.halls],
    expires: momentOf(form.until) ?? now,
    ...hardwareOf(form),
    ...(withoutJournal === 'open' ? { withoutJournal } : {}),
    ...(form.ssid === '' ? {} : { net: { ssid: form.ssid, key: form.key } }),
    ...(waived ? { waiveMinutes: form.waiveMinutes } : {}),
  };
}

/**
 * Halls that can be ticked, in the order of their names.
 * @param drawn halls with a plan; performances may be in others as well
 */
export function hallsToChoose(
  chosen: readonly string[],
  drawn: readonly string[],
  performances: readonly { readonly hall: string }[],
): { readonly name: string; readonly isKnown: boolean }[] {
  const known = new Set([...drawn, ...performances.map(({ hall }) => hall)]);
  return [...new Set([...known, ...chosen])]
    .sort((one, other) => one.localeCompare(other))
    .map((name) => ({ name, isKnown: known.has(name) }));
}

/** What should hang at the device, where anything was said. */
export function hardwareOf({ profile, camera }: Pick<ConfigForm, 'profile' | 'camera'>) {
  const hardware = {
    ...(profile === '' ? {} : { profile }),
    ...(camera === '' ? {} : { camera }),
  };
  return Object.keys(hardware).length === 0 ? {} : { hardware };
}
