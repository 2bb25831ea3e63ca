import { createHash, randomBytes } from 'node:crypto';
import type { DoorRole } from '@gatehouse/protocol';
import type { Clock } from '../clock.ts';
import { IDLE_MS } from './api.ts';

/** Browsers with a session at once; the one unused longest ends. */
const SESSIONS_MAX = 200;
/** A browser proves itself anew after this long, whatever it did. */
const SESSION_MS = 18 * 3_600_000;

export interface SessionPerson {
  readonly staff: string;
  readonly name: string;
  readonly role: DoorRole;
}

/** One browser that has proved its key, or knows the PIN of the technician's page. */
export interface Session {
  readonly handheld?: string | undefined;
  person?: SessionPerson | undefined;
  /** Monotonic milliseconds of the last thing a person did here. */
  used: number;
  readonly began: number;
}

/** Who is there now. In memory only: a restart ends all, and each browser proves itself again. */
export interface Sessions {
  /** Gives the secret for the cookie. */
  begin(who: Pick<Session, 'handheld' | 'person'>): string;
  /** @param acts whether a person did something; looking on keeps nobody unlocked */
  of(secret: string | undefined, acts: boolean): Session | undefined;
  end(secret: string | undefined): void;
  /** Ends all of a handheld, or all of a person. */
  endAll(which: { handheld?: string; staff?: string }): void;
  /** Milliseconds until a session locks. */
  left(session: Session): number;
}

export function createSessions(clock: Clock, onChange: () => void): Sessions {
  const sessions = new Map<string, Session>();
  const name = (secret: string) => createHash('sha256').update(secret).digest('base64url');
  const left = ({ used }: Session) => used + IDLE_MS - clock.mono();

  return {
    begin(who) {
      const secret = randomBytes(32).toString('base64url');
      const now = clock.mono();
      sessions.set(name(secret), { ...who, used: now, began: now });
      if (sessions.size > SESSIONS_MAX) sessions.delete(sessions.keys().next().value as string);
      return secret;
    },
    of(secret, acts) {
      if (secret === undefined) return undefined;
      const key = name(secret);
      const found = sessions.get(key);
      if (!found) return undefined;
      if (clock.mono() - found.began > SESSION_MS) {
        sessions.delete(key);
        return undefined;
      }
      if (found.person && left(found) <= 0) {
        found.person = undefined;
        onChange();
      }
      if (acts) {
        found.used = clock.mono();
        sessions.delete(key);
        sessions.set(key, found);
      }
      return found;
    },
    end(secret) {
      if (secret !== undefined) sessions.delete(name(secret));
    },
    endAll({ handheld, staff }) {
      for (const [key, session] of sessions) {
        if (handheld !== undefined && session.handheld === handheld) sessions.delete(key);
        if (staff !== undefined && session.person?.staff === staff) session.person = undefined;
      }
      onChange();
    },
    left,
  };
}
