import type { Arrival } from './listen.ts';
import type { Session, SessionName } from './session.ts';

/** Sessions and questions for one that a gateway names as gone: some may not have arrived. */
const ENDED_MAX = 4;

export interface SessionsOptions {
  readonly gateway: string;
  /** Told after the change. A new session in place of an old one is told as end and beginning. */
  readonly onChange: (gateway: string, connected: boolean, why: string) => void;
}

/**
 * At most one session with each gateway. Of two ends the one with the smaller id is the judge: the
 * larger one takes whatever the smaller one has taken. The smaller one refuses a second session,
 * unless the other end says that the first is gone (`ended`), or was not yet running in its time
 * (`instance`); so a session that died unnoticed at one end is replaced, and none is flapped over.
 */
export interface Sessions {
  get(gateway: string): Session | undefined;
  all(): Session[];
  /** Notes that a session with this gateway is being asked for; undefined: it needs none. */
  ask(gateway: string, id: string): { ended: string | undefined } | undefined;
  /** What was asked for came to an end, or to a session. */
  asked(gateway: string, id: string): void;
  /** Whether a session that the other end asks for may begin. */
  mayBegin(arrival: Arrival): boolean;
  /** Whether the session that we asked for is still wanted, now that the other end agreed. */
  isWanted(name: SessionName): boolean;
  put(session: Session): void;
  /** A session has ended. */
  drop(session: Session, why: string): void;
}

export function createSessions({ gateway: own, onChange }: SessionsOptions): Sessions {
  const current = new Map<string, Session>();
  const asking = new Map<string, string>();
  const ended = new Map<string, readonly string[]>();

  function gone(gateway: string, id: string): void {
    ended.set(gateway, [id, ...(ended.get(gateway) ?? [])].slice(0, ENDED_MAX));
  }

  return {
    get: (gateway) => current.get(gateway),
    all: () => [...current.values()],
    ask(gateway, id) {
      if (current.has(gateway) || asking.has(gateway)) return undefined;
      asking.set(gateway, id);
      return { ended: ended.get(gateway)?.join() };
    },
    asked(gateway, id) {
      if (asking.get(gateway) !== id) return;
      asking.delete(gateway);
      if (current.get(gateway)?.id !== id) gone(gateway, id);
    },
    mayBegin({ name, ended: lost }) {
      if (own > name.gateway) return true;
      const now = current.get(name.gateway);
      if (!now) return !asking.has(name.gateway);
      return lost?.split(',').includes(now.id) || now.instance !== name.instance;
    },
    isWanted: ({ gateway }) => own < gateway || !current.has(gateway),
    put(session) {
      current.get(session.gateway)?.end('another session took its place');
      current.set(session.gateway, session);
      onChange(session.gateway, true, `dialled by ${session.dialledBy}`);
    },
    drop(session, why) {
      const { gateway, id } = session;
      if (current.get(gateway) !== session) return;
      current.delete(gateway);
      gone(gateway, id);
      onChange(gateway, false, why);
    },
  };
}
