import type { DoorRole } from '@gatehouse/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { LocalState } from './api.ts';
import { createDoorStaff, type DoorStaff } from './door-staff.ts';
import type { House, LocalEntrance } from './house.ts';
import { createKeptFile, type KeptFile } from './kept.ts';
import type { CertificateView } from './kept-certificate.ts';
import { createPairing, type Pairing } from './pairing.ts';
import type { Pins } from './pin.ts';
import { createSessions, type Session, type SessionPerson, type Sessions } from './sessions.ts';

const COOKIE = 'gatehouse-local';
/** Who has come in by the gateway's PIN. */
const BY_PIN: SessionPerson = { staff: 'device-pin', name: '', role: 'technician' };

/** Everything that the routes share. */
export interface Desk {
  readonly house: House;
  readonly kept: KeptFile;
  readonly pairing: Pairing;
  readonly staff: DoorStaff;
  readonly sessions: Sessions;
  readonly pins: Pins;
  readonly clock: Clock;
  readonly log: Log;
  /** Of what the server shows; none over plain HTTP. */
  certificate(): CertificateView | undefined;
  now(): number;
  entrance(): LocalEntrance;
  secretOf(request: FastifyRequest): string | undefined;
  session(request: FastifyRequest): Session | undefined;
  /** The person of a request. @throws GatehouseError `person-missing`, `role-missing` */
  person(request: FastifyRequest, ...roles: DoorRole[]): SessionPerson;
  setCookie(request: FastifyRequest, reply: FastifyReply, secret: string): void;
  state(request: FastifyRequest): LocalState;
  /** Something that pages show of themselves is another now. */
  changed(): void;
  onChange(listener: () => void): void;
  readonly byPin: SessionPerson;
}

export interface DeskOptions {
  readonly house: House;
  readonly data: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly pins: Pins;
  certificate(): CertificateView | undefined;
}

export function createDesk(options: DeskOptions): Desk {
  const { house, data, clock, log, pins } = options;
  const listeners = new Set<() => void>();
  const now = () => house.entrance()?.time.now() ?? Math.round(clock.wall());
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const kept = createKeptFile(data, log);
  const pairing = createPairing({ kept, clock, now });
  const venue = () => house.entrance()?.venue;
  const staff = createDoorStaff({ kept, pins, venue, now });
  const sessions = createSessions(clock, changed);

  function session(request: FastifyRequest): Session | undefined {
    const acts = request.method !== 'GET';
    const found = sessions.of(secretOf(request), acts);
    // Unpaired elsewhere meanwhile: it is no handheld any more.
    const isGone = found?.handheld !== undefined && !pairing.find(found.handheld);
    return isGone ? undefined : found;
  }

  function state(request: FastifyRequest): LocalState {
    const { gateway } = house.status();
    const entrance = house.entrance();
    const found = session(request);
    const { person, handheld } = found ?? {};
    return {
      gateway: {
        ...{ state: gateway.state, gateway: gateway.gateway, name: gateway.name },
        ...{ entrance: gateway.entrance, language: entrance?.language ?? 'en', camera: 'back' },
        timeZone: entrance?.timeZone ?? 'UTC',
        ...{ code: gateway.code, accepted: gateway.accepted, keyMark: gateway.keyMark },
      },
      now: now(),
      handheld: handheld === undefined ? undefined : pairing.find(handheld),
      person: person && found && { ...person, locks: now() + Math.round(sessions.left(found)) },
    };
  }

  return {
    ...{ house, kept, pairing, staff, sessions, pins, clock, log, now, changed, session, state },
    certificate: options.certificate,
    byPin: BY_PIN,
    onChange: (listener) => listeners.add(listener),
    entrance() {
      const entrance = house.entrance();
      if (!entrance) throw gatewayError('not-configured');
      return entrance;
    },
    secretOf,
    person(request, ...roles) {
      const found = session(request);
      if (!found) throw gatewayError('session-missing');
      const { person } = found;
      if (!person) throw gatewayError('person-missing');
      if (roles.length > 0 && !roles.includes(person.role)) {
        throw gatewayError('role-missing', { role: roles[0] });
      }
      return person;
    },
    setCookie(request, reply, secret) {
      const secure = request.protocol === 'https' ? '; Secure' : '';
      reply.header('set-cookie', `${COOKIE}=${secret}; Path=/; HttpOnly; SameSite=Strict${secure}`);
    },
  };
}

function secretOf(request: FastifyRequest): string | undefined {
  const text = request.headers.cookie ?? '';
  return new RegExp(`(?:^|; )${COOKIE}=([\\w-]{43})(?:;|$)`).exec(text)?.[1];
}
