import type { OpenGrant } from '@gatehouse/protocol';

/** Grants open on this gateway for tickets that it decides about itself, for all its lanes. */
export interface Reservations {
  of(ticket: string): readonly OpenGrant[];
  reserve(ticket: string, performance: string, grant: OpenGrant): void;
  /** Ends one grant; grants of other scans stay. */
  end(ticket: string, scanId: string): void;
  /** Open grants of a performance: people who are about to be inside. */
  count(performance: string): number;
}

export function createReservations(): Reservations {
  const grants = new Map<string, { performance: string; grant: OpenGrant }>();
  return {
    of(ticket) {
      const held = grants.get(ticket);
      return held ? [held.grant] : [];
    },
    reserve(ticket, performance, grant) {
      grants.set(ticket, { performance, grant });
    },
    end(ticket, scanId) {
      if (grants.get(ticket)?.grant.scanId === scanId) grants.delete(ticket);
    },
    count(performance) {
      let open = 0;
      for (const held of grants.values()) if (held.performance === performance) open++;
      return open;
    },
  };
}
