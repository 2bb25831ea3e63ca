import type { GatewayEvent, GatewayStatus, LaneView, UplinkState } from '@gatehouse/gateway';

/** Rows that the door page remembers. */
export const MAX_ROWS = 80;
/** How long the demonstration's turnstile stays unlocked for one guest. */
export const UNLOCK_MILLISECONDS = 7000;

export type ProcessName = 'cloud' | 'gateway';
/** `waiting`: it ended by itself and is started again after a pause. */
export type ProcessState = 'starting' | 'running' | 'waiting' | 'stopped';
export interface ProcessView {
  readonly state: ProcessState;
  /** How often it ended without being asked to. */
  readonly crashes: number;
}

/** What one can see of the turnstile from outside: the simulated device's own state. */
export interface GateView {
  readonly arm: 'locked' | 'unlocked' | 'turning';
  readonly red: boolean;
  readonly green: boolean;
  readonly white: boolean;
  readonly buzzer: boolean;
  readonly emergency: boolean;
}

/** One performance of the demonstration evening. Moments in milliseconds since 1970. */
export interface PerformanceView {
  readonly id: string;
  readonly title: string;
  readonly hall: string;
  readonly starts: number;
  readonly closes: number;
  readonly secure: boolean;
}

/** The person in the lane: each `count` is one who walks after a ticket or pushes without. */
export interface PersonView {
  readonly how: 'walks' | 'pushes';
  readonly count: number;
}

export interface EveningView {
  readonly regular: PerformanceView;
  readonly secure: PerformanceView;
}

type JournalEvent = Extract<GatewayEvent, { type: 'journal' }>;

/** One journal row as the door page shows it; a row that was heard of is on the gateway's disk. */
export type JournalRow = Omit<JournalEvent, 'type'> & { readonly stored: boolean };

/** Everything the door page shows that does not belong to one visitor. */
export interface DoorState {
  readonly processes: Readonly<Record<ProcessName, ProcessView>>;
  readonly cable: 'plugged' | 'cut';
  readonly gateway: GatewayStatus['gateway'];
  readonly uplink: UplinkState;
  /** Rows on the gateway that the cloud has not stored. */
  readonly queue: number;
  readonly lane?: LaneView | undefined;
  /** Regular tickets in the gateway's own store. */
  readonly tickets: number;
  /** Newest first, at most MAX_ROWS. */
  readonly rows: readonly JournalRow[];
  readonly gate: GateView;
  readonly person: PersonView;
  readonly evening?: EveningView | undefined;
}

/** What the demo server tells the page; the first one is always `snapshot`. */
export type DoorEvent =
  | { readonly type: 'snapshot'; readonly state: DoorState }
  | ({ readonly type: 'process'; readonly name: ProcessName } & ProcessView)
  | { readonly type: 'cable'; readonly state: 'plugged' | 'cut' }
  | ({ readonly type: 'gate' } & GateView)
  | { readonly type: 'person'; readonly how: PersonView['how'] }
  | { readonly type: 'evening'; readonly evening: EveningView }
  | { readonly type: 'status'; readonly status: GatewayStatus }
  | { readonly type: 'told'; readonly event: GatewayEvent };

/** The door before anything has started. */
export const CLOSED_DOOR: DoorState = {
  processes: {
    cloud: { state: 'stopped', crashes: 0 },
    gateway: { state: 'stopped', crashes: 0 },
  },
  cable: 'plugged',
  gateway: { type: 'gateway', state: 'unconfigured' },
  uplink: 'away',
  queue: 0,
  tickets: 0,
  rows: [],
  gate: { arm: 'locked', red: false, green: false, white: false, buzzer: false, emergency: false },
  person: { how: 'walks', count: 0 },
};

/** The door after one event; server and page both fold the same events with it. */
export function nextDoor(door: DoorState, event: DoorEvent): DoorState {
  switch (event.type) {
    case 'snapshot':
      return event.state;
    case 'process':
      return withProcess(door, event.name, { state: event.state, crashes: event.crashes });
    case 'cable':
      return { ...door, cable: event.state };
    case 'gate': {
      const { type: _, ...gate } = event;
      return { ...door, gate };
    }
    case 'person':
      return { ...door, person: { how: event.how, count: door.person.count + 1 } };
    case 'evening':
      return { ...door, evening: event.evening };
    case 'status':
      return withStatus(door, event.status);
    case 'told':
      return withTold(door, event.event);
  }
}

function withProcess(door: DoorState, name: ProcessName, view: ProcessView): DoorState {
  const next = { ...door, processes: { ...door.processes, [name]: view } };
  if (name !== 'gateway' || view.state === 'running') return next;
  // nobody speaks for a gateway that is down: what it last said no longer holds
  return { ...next, uplink: 'away', lane: undefined };
}

function withStatus(door: DoorState, status: GatewayStatus): DoorState {
  const { gateway, uplink, queue, lanes, tickets } = status;
  const rows = queue === 0 ? door.rows.map((row) => ({ ...row, stored: true })) : door.rows;
  return { ...door, gateway, uplink, queue, lane: lanes[0], tickets: tickets.count, rows };
}

function withTold(door: DoorState, event: GatewayEvent): DoorState {
  switch (event.type) {
    case 'gateway':
      return { ...door, gateway: event };
    case 'uplink':
      return { ...door, uplink: event.state };
    case 'lane': {
      const { type: _, ...lane } = event;
      return { ...door, lane };
    }
    case 'peers':
    case 'disk':
      // the lane itself says whether the venue is split, and what it does without a journal
      return door;
    case 'tickets':
      return { ...door, tickets: event.count };
    case 'journal':
      return withRow(door, event);
    case 'stored':
      return withStored(door, event.epoch, event.upTo);
  }
}

function withRow(door: DoorState, event: JournalEvent): DoorState {
  const { type: _, ...row } = event;
  if (row.kind === 'result' && row.timings) return withResultTimes(door, event);
  const same = door.rows.findIndex((old) => old.epoch === row.epoch && old.seq === row.seq);
  if (same < 0) {
    const rows = [{ ...row, stored: false }, ...door.rows].slice(0, MAX_ROWS);
    return { ...door, rows, queue: door.queue + 1 };
  }
  // told again with more: the relay's time is known only after the row is on disk
  const rows = door.rows.map((old, i) =>
    i === same ? { ...old, ...row, timings: { ...old.timings, ...row.timings } } : old,
  );
  return { ...door, rows };
}

/** What a whole scan took is told with its result, and belongs to its decision. */
function withResultTimes(door: DoorState, event: JournalEvent): DoorState {
  const { timings, ...result } = event;
  const next = withRow(door, result);
  const rows = next.rows.map((old) =>
    old.kind === 'intent' && old.scanId !== undefined && old.scanId === event.scanId
      ? { ...old, timings: { ...old.timings, ...timings } }
      : old,
  );
  return { ...next, rows };
}

function withStored(door: DoorState, epoch: string, upTo: number): DoorState {
  let fresh = 0;
  const rows = door.rows.map((row) => {
    if (row.stored || row.epoch !== epoch || row.seq > upTo) return row;
    fresh += 1;
    return { ...row, stored: true };
  });
  return { ...door, rows, queue: Math.max(0, door.queue - fresh) };
}
