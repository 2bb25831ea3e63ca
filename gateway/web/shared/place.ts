import type { Texts } from '../texts/index.ts';

/**
 * The place on a ticket, in the words of a language; empty when it has none. A row's name never
 * stands apart from its number.
 */
export function placeOf(
  label:
    | ({ rank?: string | undefined } & Partial<Record<'door' | 'row' | 'seat', string>>)
    | undefined,
  { door, row, seat }: Texts['common'],
): string {
  const parts = [
    label?.rank,
    label?.door && `${door}\u00a0${label.door}`,
    label?.row && `${row}\u00a0${label.row}`,
    label?.seat && `${seat}\u00a0${label.seat}`,
  ];
  return parts.filter(Boolean).join(' · ');
}
