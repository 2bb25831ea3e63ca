import { CLOSED_DOOR, type DoorEvent, type DoorState, nextDoor } from './door-state.ts';

/** Keeps the door's state and passes every event on to whoever looks. */
export interface Board {
  readonly state: DoorState;
  tell(event: DoorEvent): void;
  /** @returns a function that stops the watching */
  watch(watcher: (event: DoorEvent) => void): () => void;
}

export function board(): Board {
  const watchers = new Set<(event: DoorEvent) => void>();
  let state: DoorState = CLOSED_DOOR;
  return {
    get state() {
      return state;
    },
    tell(event) {
      state = nextDoor(state, event);
      for (const watcher of watchers) watcher(event);
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
  };
}
