/** Before the doors open, people are at work at the lanes already. */
export const DOORS_SOON_MS = 30 * 60_000;

/**
 * Until when nobody should restart this gateway: the last closing time of those performances whose
 * doors are open at `now` or will be within half an hour; undefined when there are none.
 */
export function doorsOpenUntil(
  performances: Iterable<{ readonly opens: number; readonly closes: number }>,
  now: number,
): number | undefined {
  const open = [...performances].filter(
    ({ opens, closes }) => opens - DOORS_SOON_MS <= now && now < closes,
  );
  return open.length === 0 ? undefined : Math.max(...open.map(({ closes }) => closes));
}
