/** The part of johnny-five 2.1 that is used here; the package has no types of its own. */
declare module 'johnny-five' {
  import type { EventEmitter } from 'node:events';

  interface ComponentOptions {
    readonly pin: number;
    readonly board: Board;
  }

  class Board extends EventEmitter {
    constructor(options: {
      io: EventEmitter;
      id: string;
      repl: false;
      debug: false;
      sigint: false;
      timeout: number;
    });
    readonly isReady: boolean;
    readonly timer: NodeJS.Timeout | null;
  }

  /** `NO` drives the pin high to close, `NC` low. The constructor does not drive the pin. */
  class Relay {
    constructor(options: ComponentOptions & { type: 'NO' | 'NC' });
    open(): this;
    close(): this;
    readonly isClosed: boolean;
  }

  /** Type `NO` turns the pull-up on: a contact to ground reads as closed. */
  class Switch extends EventEmitter {
    constructor(options: ComponentOptions & { type: 'NO' });
    readonly isOpen: boolean;
    readonly isClosed: boolean;
  }

  const five: { Board: typeof Board; Relay: typeof Relay; Switch: typeof Switch };
  export default five;
  export type { Board, Relay, Switch };
}
