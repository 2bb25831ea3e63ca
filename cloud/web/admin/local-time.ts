const two = (n: number) => String(n).padStart(2, '0');

/** A moment as an input of type `datetime-local` takes it, in the browser's zone; '' for none. */
export function localText(moment: number | null): string {
  if (moment === null) return '';
  const at = new Date(moment);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The moment of such an input; `null` where it is empty. */
export function momentOf(text: string): number | null {
  const moment = text === '' ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(moment) ? null : moment;
}

/** The same, where a moment nobody touched stays: an input knows whole minutes only. */
export function keptMoment(text: string, before: number | null): number | null {
  return text === localText(before) ? before : momentOf(text);
}
