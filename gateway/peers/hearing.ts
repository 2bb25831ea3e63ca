import type { JournalPlace, Member } from '@gatehouse/protocol';
import type { Clock, Timer } from '../clock.ts';
import type { JournalIn } from './journal-in.ts';
import type { PeerLink } from './peer-link.ts';

/** A beat goes to every gateway so often, and says which of theirs was heard last. */
export const BEAT_MS = 250;
/** A gateway is heard while a beat sent within this time was answered. */
export const HEARD_MS = 900;
/** How often it is looked whether all are still heard: with `HEARD_MS` within a second. */
export const LOOK_MS = 50;
/** What a gateway says it has written must be here by then. */
const CAUGHT_UP_MS = 500;
/** A session that is up but silent is given up for another after this time. */
export const SILENT_MS = 3_000;
/** Beats under way whose sending times are remembered. */
const BEATS_MAX = 64;

/** Which gateways of the venue are heard: caught up, and answering within a second. */
export interface Hearing {
  start(): void;
  stop(): void;
  readonly heard: readonly string[];
  /** Gateways that should be heard and are not: the venue is split. */
  readonly missing: readonly string[];
  /** A session has begun, with what the other says of its journal. */
  greeted(gateway: string, head: JournalPlace): void;
  ended(gateway: string): void;
  beat(gateway: string, beat: { beat: number; echo: number | null; head: JournalPlace }): void;
  /** Anything arrived. */
  sound(gateway: string): void;
  /** Rows arrived, or members changed: look now. */
  look(): void;
}

interface Session {
  readonly sent: Map<number, number>;
  lastBeat: number | null;
  /** When the newest beat was sent that was answered. */
  answered: number;
  lastSound: number;
  /** What must be here, and by when. */
  due: { head: JournalPlace; by: number } | undefined;
  caughtUp: boolean;
}

export interface HearingOptions {
  readonly gateway: string;
  readonly link: PeerLink;
  readonly clock: Clock;
  readonly journal: JournalIn;
  readonly members: () => readonly Member[];
  readonly place: () => { head: JournalPlace; cursor: number | null };
  readonly onChange: () => void;
}

export function createHearing(options: HearingOptions): Hearing {
  const { gateway: self, link, clock, journal, members, onChange } = options;
  const sessions = new Map<string, Session>();
  let heard: readonly string[] = [];
  let missing: readonly string[] = [];
  let beats = 0;
  let beatTimer: Timer;
  let lookTimer: Timer;

  function send(): void {
    beats += 1;
    const { head, cursor } = options.place();
    const now = clock.mono();
    for (const [gateway, session] of sessions) {
      const { lastBeat: echo, sent } = session;
      if (!link.send(gateway, { type: 'beat', beat: beats, echo, head, cursor })) continue;
      sent.set(beats, now);
      if (sent.size > BEATS_MAX) sent.delete(sent.keys().next().value as number);
      if (now - session.lastSound > SILENT_MS) link.renew(gateway);
    }
    beatTimer = clock.setTimeout(send, BEAT_MS);
  }

  function isHeard([gateway, session]: [string, Session]): boolean {
    const now = clock.mono();
    const { due } = session;
    if (due && journal.has(gateway, due.head)) {
      session.due = undefined;
      session.caughtUp = true;
    } else if (due && now > due.by) {
      session.caughtUp = false;
    }
    return session.caughtUp && now - session.answered <= HEARD_MS;
  }

  /** Active gateways by the cloud's last word; one that stopped of its own accord admits nobody. */
  function expected(): string[] {
    return members()
      .filter(({ gateway, active }) => active && gateway !== self && !journal.hasStopped(gateway))
      .map(({ gateway }) => gateway);
  }

  function look(): void {
    const now = [...sessions].filter(isHeard).map(([gateway]) => gateway);
    const gone = expected().filter((gateway) => !now.includes(gateway));
    const isSame = `${now.sort()}` === `${heard}` && `${gone.sort()}` === `${missing}`;
    heard = now;
    missing = gone;
    if (!isSame) onChange();
  }

  function tick(): void {
    look();
    lookTimer = clock.setTimeout(tick, LOOK_MS);
  }

  function must(session: Session, head: JournalPlace): void {
    session.due ??= { head, by: clock.mono() + CAUGHT_UP_MS };
  }

  return {
    start() {
      look();
      send();
      tick();
    },
    stop() {
      clock.clearTimeout(beatTimer);
      clock.clearTimeout(lookTimer);
      sessions.clear();
    },
    get heard() {
      return heard;
    },
    get missing() {
      return missing;
    },
    greeted(gateway, head) {
      const session: Session = {
        ...{ sent: new Map(), lastBeat: null, answered: Number.NEGATIVE_INFINITY },
        ...{ lastSound: clock.mono(), due: undefined, caughtUp: false },
      };
      sessions.set(gateway, session);
      must(session, head);
      look();
    },
    ended(gateway) {
      if (sessions.delete(gateway)) look();
    },
    beat(gateway, { beat, echo, head }) {
      const session = sessions.get(gateway);
      if (!session) return;
      session.lastBeat = beat;
      const sent = echo === null ? undefined : session.sent.get(echo);
      if (sent !== undefined) session.answered = Math.max(session.answered, sent);
      must(session, head);
      look();
    },
    sound(gateway) {
      const session = sessions.get(gateway);
      if (session) session.lastSound = clock.mono();
    },
    look,
  };
}
