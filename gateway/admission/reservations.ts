import type { OpenGrant } from '@gatehouse/protocol';

/** Grants open on this gateway for regular tickets, for all its lanes. */
export interface Reservations {
  of(ticket: string): readonly OpenGrant[];
  reserve(ticket: string, performance: string, grant: OpenGrant): void;
  /** Ends one grant; grants of other scans stay. */
  end(ticket: string, scanId: string): void;
  /**
   * Open grants of a performance: people who are about to be inside.
   * @param own a scan that is not counted
   */
  count(performance: string, own?: string): number;
}

interface Held {
  readonly performance: string;
  readonly grant: OpenGrant;
}

export function createReservations(): Reservations {
  const byTicket = new Map<string, Held[]>();
  return {
    of: (ticket) => byTicket.get(ticket)?.map(({ grant }) => grant) ?? [],
    reserve(ticket, performance, grant) {
      byTicket.set(ticket, [...(byTicket.get(ticket) ?? []), { performance, grant }]);
    },
    end(ticket, scanId) {
      const left = byTicket.get(ticket)?.filter(({ grant }) => grant.scanId !== scanId) ?? [];
      if (left.length > 0) byTicket.set(ticket, left);
      else byTicket.delete(ticket);
    },
    count(performance, own) {
      let open = 0;
      for (const held of byTicket.values()) {
        for (const { performance: of, grant } of held) {
          if (of === performance && grant.scanId !== own) open += 1;
        }
      }
      return open;
    },
  };
}
