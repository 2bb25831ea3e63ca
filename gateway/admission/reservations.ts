import type { OpenGrant } from '@gatehouse/protocol';
import type { Clock } from '../clock.ts';

/** A grant of another gateway is silent this long after its time before it is `unsettled`. */
export const SILENT_AFTER_MS = 3_000;

/** Open grants that this gateway knows of: its own lanes', and those of gateways it hears. */
export interface Reservations {
  of(ticket: string): readonly OpenGrant[];
  /**
   * Takes a grant in; one of the same scan is replaced.
   * @param until monotonic milliseconds at which its time is over, for a grant whose end is told by
   *   somebody else; in silence it is `unsettled` a little later
   */
  reserve(ticket: string, performance: string, grant: OpenGrant, until?: number): void;
  /** Milliseconds for which a ticket's grant has been unsettled; the shortest of several. */
  silentFor(ticket: string): number;
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
  readonly until: number;
  readonly since: number;
}

export function createReservations(clock: Pick<Clock, 'mono'>): Reservations {
  const byTicket = new Map<string, Held[]>();

  function asOfNow({ grant, until }: Held): OpenGrant {
    const isSilent = !grant.unsettled && clock.mono() > until + SILENT_AFTER_MS;
    return isSilent ? { ...grant, unsettled: true } : grant;
  }

  function without(ticket: string, scanId: string): Held[] {
    return byTicket.get(ticket)?.filter(({ grant }) => grant.scanId !== scanId) ?? [];
  }

  return {
    of: (ticket) => byTicket.get(ticket)?.map(asOfNow) ?? [],
    reserve(ticket, performance, grant, until = Number.POSITIVE_INFINITY) {
      byTicket.set(ticket, [
        ...without(ticket, grant.scanId),
        { performance, grant, until, since: clock.mono() },
      ]);
    },
    silentFor(ticket) {
      const from = ({ grant, until, since }: Held) =>
        grant.unsettled ? since : until + SILENT_AFTER_MS;
      const since = (byTicket.get(ticket) ?? []).map(from);
      return clock.mono() - Math.max(...since, Number.NEGATIVE_INFINITY);
    },
    end(ticket, scanId) {
      const left = without(ticket, scanId);
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
