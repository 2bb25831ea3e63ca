import { type StoredTicket, TicketStore } from '@gatehouse/gateway/parts';
import type { JournalPlace, PeerMessage } from '@gatehouse/protocol';
import type { Planted } from './mutants.ts';

/** The number of a row that is never reached. */
const FAR = 1_000_000;
/** Every gateway may admit as many as the whole house. */
const SHARES = 12;
const NO_ROW: JournalPlace = { epoch: 'none', seq: 0 };

class DeafToOthers extends TicketStore {
  override hear(...[gateway, place]: Parameters<TicketStore['hear']>): void {
    super.hear(gateway, place, []);
  }
}

class ForgetsOthers extends TicketStore {
  override heardOf(gateway: string): ReturnType<TicketStore['heardOf']> {
    return super.heardOf(gateway).map((place) => ({ ...place, seq: place.seq + FAR }));
  }
}

class WholeCap extends TicketStore {
  override findSecure(handle: string): StoredTicket | undefined {
    const found = super.findSecure(handle);
    const { offlineCap } = found?.performance ?? {};
    if (!found?.performance || offlineCap === undefined) return found;
    return { ...found, performance: { ...found.performance, offlineCap: offlineCap * SHARES } };
  }
}

class WholeHouse extends TicketStore {
  override find(text: string): StoredTicket | undefined {
    const found = super.find(text);
    const { capacity } = found?.performance ?? {};
    if (!found?.performance || capacity === undefined) return found;
    return { ...found, performance: { ...found.performance, capacity: capacity * SHARES } };
  }
}

/** As if everything had been answered, and nothing written. */
function answered(message: PeerMessage): PeerMessage | undefined {
  if (message.type !== 'beat') return undefined;
  return { ...message, echo: message.beat, head: NO_ROW };
}

function free(message: PeerMessage): PeerMessage | undefined {
  if (message.type !== 'reserve') return undefined;
  return { type: 'reserved', scanId: message.scanId, grants: [], passages: [] };
}

/** Bugs in what gateways have to do with each other. */
export const PEER_MUTANTS: Readonly<Record<string, Planted>> = {
  'skip-home': {
    says: 'a lane goes on as if its ticket’s home had said yes, and does not ask',
    faults: ['cloud-away', 'local-slow'],
    plant: () => ({
      answers: free,
      tells: (_, message) => (message.type === 'reserve' ? undefined : message),
    }),
  },
  'home-says-yes': {
    says: 'a home forgets what it has reserved for others',
    faults: ['cloud-away'],
    seed: 14,
    plant: () => ({
      tells: (_, message) => (message.type === 'reserved' ? { ...message, grants: [] } : message),
    }),
  },
  'deaf-to-passages': {
    says: 'a gateway takes in no passages of others',
    faults: ['cloud-away', 'cut'],
    seed: 20,
    plant: () => ({ ticketStore: DeafToOthers }),
  },
  'forget-others': {
    says: 'a restart believes to have heard all that others have told',
    plant: () => ({ ticketStore: ForgetsOthers }),
  },
  'trust-any-news': {
    says: 'a gateway takes a change for the cloud’s that nobody has signed',
    faults: ['forged-news', 'local-cut'],
    plant: () => ({ trustsNews: true }),
  },
  'keep-news': {
    says: 'a gateway does not pass on what the cloud has told it',
    faults: ['cut'],
    plant: () => ({ tells: (_, message) => (message.type === 'delta' ? undefined : message) }),
  },
  'revoked-stays': {
    says: 'a gateway that is taken off the list keeps its sessions',
    faults: ['revoked', 'replaced', 'idle-gateway'],
    plant: () => ({ admits: (before, now) => [...new Set([...before, ...now])] }),
  },
  'never-split': {
    says: 'a gateway believes that it hears everybody, whatever is cut',
    faults: ['local-cut', 'partition', 'local-one-way', 'crash'],
    plant: () => ({ answers: answered }),
  },
  'cap-per-gateway': {
    says: 'each gateway takes the hourly share of the venue for its own',
    faults: ['cut', 'half-open', 'cloud-away', 'crash'],
    seed: 18,
    plant: () => ({ ticketStore: WholeCap }),
  },
  'capacity-per-gateway': {
    says: 'each gateway takes all places that are free for its own',
    faults: ['cloud-away', 'local-cut'],
    gateways: 2,
    seed: 10,
    plant: () => ({ ticketStore: WholeHouse }),
  },
};
