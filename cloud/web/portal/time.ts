/** The phone's own clocks, in milliseconds; `wall` can be set by its owner, `mono` cannot. */
export interface PhoneClocks {
  wall(): number;
  mono(): number;
}

/** What outlives the page: a moment of the server and what the phone's clock said then. */
export interface Anchor {
  readonly server: number;
  readonly wall: number;
}

export interface TimeNow {
  /** Milliseconds since 1970, by the server as well as this phone knows. */
  readonly now: number;
  /** Both clocks of the phone have parted: one of them was set, or the phone slept. */
  readonly doubt: boolean;
  /** By how much the phone's clock is fast; negative when slow. */
  readonly fast: number;
}

/** Clocks further apart than this have parted. */
export const PARTED_MS = 2_000;
/** An answer that took longer says little about the time. */
export const SLOW_ANSWER_MS = 4_000;

/** The time as the server has it, without asking it again and again. */
export interface Time {
  read(): TimeNow;
  /**
   * Learns from an answer of the server.
   * @param asked what `mono` said when the question left
   */
  learn(server: number, asked: number): Anchor | undefined;
  restore(anchor: Anchor): void;
}

export function createTime(clocks: PhoneClocks): Time {
  let server = clocks.wall();
  let wall = server;
  let mono = clocks.mono();
  let known = false;

  function read(): TimeNow {
    const byWall = server + clocks.wall() - wall;
    const byMono = server + clocks.mono() - mono;
    const apart = byWall - byMono;
    // A phone in a pocket sleeps and its monotonic clock with it: then the later one is right.
    const now = apart >= PARTED_MS ? byWall : byMono;
    return { now, doubt: Math.abs(apart) >= PARTED_MS, fast: clocks.wall() - now };
  }

  return {
    read,
    learn(said, asked) {
      const took = clocks.mono() - asked;
      if (known && took > SLOW_ANSWER_MS && !read().doubt) return undefined;
      known = true;
      server = said + took / 2;
      wall = clocks.wall();
      mono = clocks.mono();
      return { server, wall };
    },
    restore(anchor) {
      known = true;
      server = anchor.server + clocks.wall() - anchor.wall;
      wall = clocks.wall();
      mono = clocks.mono();
    },
  };
}
