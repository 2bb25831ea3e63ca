import { newKey } from './order-view.ts';

/** What staff fill in for a booking. */
export interface BookingForm {
  key: string;
  performance: string;
  /** Ticket type → how many. */
  counts: Record<string, number | null>;
  rank: string;
  ownSeats: boolean;
  seats: string[];
  name: string;
  email: string;
  contactPhone: string;
  language: 'nl' | 'en';
  delivery: 'e-ticket' | 'hard-copy' | 'pick-up' | 'post';
  paid: boolean;
  optionMinutes: number | null;
  asRegular: boolean;
  note: string;
  reason: string;
}

export function newBookingForm(performance: string, language: 'nl' | 'en'): BookingForm {
  return {
    ...{ key: newKey(), performance, counts: {}, rank: '', ownSeats: false, seats: [] },
    ...{ name: '', email: '', contactPhone: '', language, delivery: 'e-ticket' },
    ...{ paid: true, optionMinutes: 60, asRegular: false, note: '', reason: '' },
  };
}

/** How many tickets are asked for. */
export function countOf({ counts }: Pick<BookingForm, 'counts'>): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

/** The body of a booking. */
export function bookingOf(form: BookingForm, guest: { readonly id: string } | undefined) {
  const { performance, counts, rank, ownSeats, seats, optionMinutes, ...rest } = form;
  const tickets = Object.entries(counts).flatMap(([type, count]) =>
    count ? [{ type, count }] : [],
  );
  const where = ownSeats ? { seats: [...seats] } : rank === '' ? {} : { rank };
  return {
    ...rest,
    account: guest?.id ?? null,
    optionMinutes: optionMinutes ?? 60,
    places: { performance, tickets, ...where },
  };
}
