import type { Moment, TicketLabel } from '@gatehouse/protocol';
import type { Beacon } from '../ticketing/index.ts';
import type { HeldTicket, SessionRow } from './portal-store.ts';
import { isGood, showsCode } from './windows.ts';

/**
 * `early`: no code yet. `code`: it shows. `used`: somebody has passed. `blocked`: only the box
 * office can help.
 */
export type TicketState = 'early' | 'code' | 'used' | 'blocked';

/** A ticket as its guest's phone sees it. */
export interface TicketView {
  readonly id: string;
  readonly state: TicketState;
  readonly title: string;
  readonly hall: string;
  readonly starts: Moment;
  readonly ends: Moment | null;
  readonly label: Omit<TicketLabel, 'note' | 'title'>;
  /** From when the code shows, and when the ticket leaves the portal with it. */
  readonly codeFrom: Moment;
  readonly until: Moment;
  readonly usedAt: Moment | null;
  /** People may go out and come in again. */
  readonly reEntry: boolean;
  /** Entries left, where it is good for several. */
  readonly left: number;
  /** Only while the code shows (S6): what it is made of. */
  readonly code: { readonly handle: string; readonly generation: number } | null;
}

/** Everything that an open page knows, at once. */
export interface PortalView {
  readonly now: Moment;
  /** `elsewhere`: another phone has taken the tickets over. */
  readonly place: 'here' | 'elsewhere';
  /** The session's end. */
  readonly until: Moment;
  readonly tickets: readonly TicketView[];
  /** Only while a code shows. */
  readonly signing: {
    readonly tenant: string;
    readonly beacon: { readonly index: number; readonly value: string; readonly until: Moment };
  } | null;
}

interface ViewParts {
  readonly tickets: readonly HeldTicket[];
  readonly now: Moment;
  readonly tenant: string;
  readonly session: Pick<SessionRow, 'taken_over' | 'expires'>;
  beacon(): Promise<Beacon>;
  isBound(ticket: HeldTicket): boolean;
}

export async function makeView(parts: ViewParts): Promise<PortalView> {
  const { now, tenant, session } = parts;
  const tickets = parts.tickets
    .map((ticket) => ticketView(ticket, now, parts.isBound(ticket)))
    .sort(bySeat);
  const shows = tickets.some(({ code }) => code !== null);
  const beacon = shows ? await parts.beacon() : undefined;
  return {
    now,
    place: session.taken_over === null ? 'here' : 'elsewhere',
    until: session.expires,
    tickets,
    signing: beacon
      ? { tenant, beacon: { index: beacon.index, value: beacon.value, until: beacon.until } }
      : null,
  };
}

const inOrder = new Intl.Collator('nl', { numeric: true }).compare;

/** As their holders sit, so that the next ticket is the next seat. */
function bySeat(a: TicketView, b: TicketView): number {
  return (
    a.starts - b.starts ||
    inOrder(a.label.row ?? '', b.label.row ?? '') ||
    inOrder(a.label.seat ?? '', b.label.seat ?? '') ||
    inOrder(a.id, b.id)
  );
}

function ticketView(ticket: HeldTicket, now: Moment, isBound: boolean): TicketView {
  const { id, uses, window, performance, generation, handle } = ticket;
  const { title, hall, starts, ends } = performance;
  const { type, rank, door, row, seat } = ticket.label;
  const state = stateOf(ticket, now, isBound);
  return {
    ...{ id, state, title, hall, starts, ends },
    label: { type, rank, door, row, seat },
    codeFrom: window.codeFrom,
    until: window.until,
    usedAt: state === 'used' ? ticket.usedAt : null,
    reEntry: uses.reEntry,
    left: Math.max(0, uses.uses - uses.used),
    code: state === 'code' ? { handle, generation } : null,
  };
}

function stateOf({ status, uses, window }: HeldTicket, now: Moment, isBound: boolean): TicketState {
  if (status === 'blocked' || !isBound) return 'blocked';
  if (!isGood(uses)) return 'used';
  return showsCode(window, uses, now) ? 'code' : 'early';
}
