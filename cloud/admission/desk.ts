import {
  GatehouseError,
  type Message,
  type NameOf,
  type TicketsPage,
  type TicketsRequest,
  topicOf,
} from '@gatehouse/protocol';
import { decode } from '@gatehouse/protocol/payload';
import type { Clock, Log } from '../ports.ts';
import { admissionError } from './errors.ts';
import type { Answer, Receive } from './transport.ts';
import { faultCode, type Validator } from './validator.ts';

/** Ticket pages waiting to be made at most. */
export const PAGES_MAX = 500;

/** What a gateway may say before a person has compared its key. */
const FROM_ANYBODY: readonly NameOf<'up'>[] = ['heartbeat'];

export interface DeskParts {
  readonly validator: Validator;
  readonly clock: Clock;
  readonly log: Log;
  tickets(request: TicketsRequest): TicketsPage;
  /** Whether a person has compared its key; all have if left out. */
  isAccepted?(gateway: string): boolean;
  heard(gateway: string, beat: Message<'up', 'heartbeat'>, at: number): void;
  /** What became of a configuration or a command; nobody listens if left out. */
  configured?(gateway: string, answer: Message<'up', 'config'>): Promise<void>;
  commanded?(gateway: string, answer: Message<'up', 'command'>): void;
  /** People at the door; without it no gateway is told of any. */
  readonly people?: DoorPeople | undefined;
}

/** What gateways ask about the people of their venue's doors, and on their behalf. */
export interface DoorPeople {
  /** Version of the list of a gateway's venue; undefined where it has none. */
  version(gateway: string): number | undefined;
  list(gateway: string): Promise<Message<'down', 'staff'> | undefined>;
  search(gateway: string, question: Message<'up', 'search'>): Promise<Message<'down', 'search'>>;
}

/** Takes a message apart, has it done, and answers; what cannot be done is answered `rejected`. */
export function createDesk(parts: DeskParts): Receive {
  const page = onePageAtATime(parts.tickets);
  return (gateway, name, payload, answer) => {
    // The time is taken before any other work, so that the gateway's clock is set well.
    const received = parts.clock.now();
    void handle(parts, page, { gateway, name, payload, received }, answer);
  };
}

interface Received {
  readonly gateway: string;
  readonly name: NameOf<'up'>;
  readonly payload: Uint8Array;
  readonly received: number;
}

type Pages = (request: TicketsRequest) => Promise<TicketsPage>;

async function handle(
  parts: DeskParts,
  page: Pages,
  message: Received,
  answer: Answer,
): Promise<void> {
  const { gateway, name, payload } = message;
  let scanId: string | undefined;
  try {
    const isKnown = parts.isAccepted?.(gateway) ?? true;
    if (!isKnown && !FROM_ANYBODY.includes(name)) throw admissionError('gateway-not-accepted');
    if (name === 'validate') {
      const request = decode('up', 'validate', payload);
      answer('validate', await parts.validator.validate(gateway, request));
    } else if (name === 'settle') {
      const request = decode('up', 'settle', payload);
      scanId = request.scanId;
      answer('settle', await parts.validator.settle(gateway, request));
    } else if (name === 'journal') {
      const batch = decode('up', 'journal', payload);
      answer('journal', await parts.validator.journal(gateway, batch));
    } else if (name === 'tickets') {
      answer('tickets', await page(decode('up', 'tickets', payload)));
    } else if (name === 'staff') {
      const { version } = decode('up', 'staff', payload);
      const list = await parts.people?.list(gateway);
      if (list && list.version !== version) answer('staff', list);
    } else if (name === 'search') {
      const question = decode('up', 'search', payload);
      const { requestId } = question;
      const nothing = { requestId, found: [], more: false };
      answer('search', (await parts.people?.search(gateway, question)) ?? nothing);
    } else if (name === 'config') {
      await parts.configured?.(gateway, decode('up', 'config', payload));
    } else if (name === 'command') {
      parts.commanded?.(gateway, decode('up', 'command', payload));
    } else {
      const beat = decode('up', 'heartbeat', payload);
      const { received } = message;
      parts.heard(gateway, beat, received);
      const { now } = parts.clock;
      const { beat: number, mono } = beat;
      const accepted = isKnown ? {} : { accepted: false };
      const version = isKnown ? parts.people?.version(gateway) : undefined;
      const staff = version === undefined ? {} : { staff: version };
      answer('heartbeat', { beat: number, mono, received, sent: now(), ...accepted, ...staff });
      await parts.validator.heard(gateway, beat.at);
    }
  } catch (cause) {
    reject(parts, message, cause, scanId, answer);
  }
}

function reject(
  { log }: DeskParts,
  { gateway, name }: Received,
  cause: unknown,
  scanId: string | undefined,
  answer: Answer,
): void {
  const code = faultCode(cause);
  const fields = { gateway, name, code };
  if (code === 'cloud-failed') log.error({ ...fields, fault: cause }, 'a message failed');
  // One that waits for its acceptance asks again and again.
  else if (code !== 'gateway-not-accepted') log.warn(fields, 'a message was rejected');
  const known = cause instanceof GatehouseError ? cause : admissionError('cloud-failed');
  answer('rejected', {
    topic: topicOf(gateway, 'up', name),
    code,
    message: known.message.slice(0, 1000),
    ...(scanId === undefined ? {} : { scanId }),
  });
}

/** Pages are large: between two of them the event loop does what scans need. */
function onePageAtATime(make: (request: TicketsRequest) => TicketsPage): Pages {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return (request) => {
    if (waiting >= PAGES_MAX) return Promise.reject(admissionError('cloud-busy'));
    waiting += 1;
    const made = last
      .then(() => new Promise((resolve) => setImmediate(resolve)))
      .then(() => make(request))
      .finally(() => {
        waiting -= 1;
      });
    last = made.catch(() => undefined);
    return made;
  };
}
