/** What an administrator says of a new entrance. */
export interface ConfigForm {
  name: string;
  venue: string;
  entrance: string;
  language: string;
  halls: string;
  lanes: { name: string; direction: 'entry' | 'exit'; staffed: boolean }[];
  withoutJournal: 'close' | 'open';
  uses: number | null;
  hours: number | null;
}

const HOUR_MS = 3_600_000;

export function newConfigForm(language: string): ConfigForm {
  return {
    ...{ name: '', venue: '', entrance: '', language, halls: '' },
    lanes: [{ name: '', direction: 'entry', staffed: false }],
    ...{ withoutJournal: 'close', uses: 1, hours: 24 },
  };
}

/** The body of a new config code. `close` is what a gateway does unasked, so it is left out. */
export function configCodeOf(form: ConfigForm, now: number) {
  const { hours, halls, withoutJournal, lanes, ...rest } = form;
  const names = halls.split(',').map((hall) => hall.trim());
  return {
    ...rest,
    lanes: lanes.map((lane) => ({ ...lane })),
    halls: names.filter((hall) => hall !== ''),
    expires: now + (hours ?? 1) * HOUR_MS,
    ...(withoutJournal === 'open' ? { withoutJournal } : {}),
  };
}
