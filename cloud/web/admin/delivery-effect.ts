/** How staff deliver a ticket again. */
export const WAYS = ['download', 'mail', 'hard-copy', 'as-regular'] as const;
export type Way = (typeof WAYS)[number];

/** What rule B2 makes of a delivery, in a key of the texts. */
export type Effect = 'staysSecure' | 'becomesRegular' | 'staysRegular' | 'newRegular' | 'notSecure';

/** A ticket as far as B2 looks at it; `onPaper`: its last delivery was hard copy or at the door. */
export interface Deliverable {
  readonly kind: 'regular' | 'secure';
  readonly onPaper: boolean;
}

/** Rule B2 as staff are told before they confirm; the cloud decides by the same rule. */
export function effectOf(ticket: Deliverable, way: Way, replaceCode: boolean): Effect {
  const paper = way === 'hard-copy';
  if (ticket.kind === 'secure') {
    return paper || way === 'as-regular' ? 'becomesRegular' : 'staysSecure';
  }
  if (way === 'as-regular') return 'notSecure';
  return paper || replaceCode || ticket.onPaper ? 'newRegular' : 'staysRegular';
}

/** Ways that `deliveries` of the API name, of which the last one counts. */
export function wasOnPaper(deliveries: readonly { readonly how?: unknown }[]): boolean {
  const how = deliveries.at(-1)?.how;
  return how === 'hard-copy' || how === 'door';
}

/** Whether B1 makes secure tickets of a booking. */
export function bookingKind(
  secure: boolean,
  verified: boolean,
  asRegular: boolean,
): { kind: 'regular' | 'secure'; needsReason: boolean } {
  if (!secure) return { kind: 'regular', needsReason: false };
  const stays = verified && !asRegular;
  return { kind: stays ? 'secure' : 'regular', needsReason: !stays };
}
