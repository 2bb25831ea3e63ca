import type { Texts } from '../texts/index.ts';

/** The place on a ticket, in the words of a language; empty when it has none. */
export function placeOf(
  label:
    | ({ rank?: string | undefined } & Partial<Record<'door' | 'row' | 'seat', string>>)
    | undefined,
  { door, row, seat }: Texts['common'],
): string {
  const parts = [
    label?.rank,
    label?.door && `${door} ${label.door}`,
    label?.row && `${row} ${label.row}`,
    label?.seat && `${seat} ${label.seat}`,
  ];
  return parts.filter(Boolean).join(' · ');
}
