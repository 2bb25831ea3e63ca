import type { Message, NameOf } from '@gatehouse/protocol';
import type { Link } from '../link.ts';

/** A way to the cloud whose far end is the test. */
export interface FakeLink extends Link {
  connect(connected: boolean): void;
  /** Messages sent, oldest first. */
  sent<N extends NameOf<'up'>>(name: N): Message<'up', N>[];
  deliver<N extends NameOf<'down'>>(name: N, message: Message<'down', N>): void;
  /** The far end's reaction to a message. */
  react<N extends NameOf<'up'>>(name: N, reaction: (message: Message<'up', N>) => void): void;
}

export function fakeLink(): FakeLink {
  let connected = false;
  const out: { name: string; message: unknown }[] = [];
  const listeners = new Map<string, Set<(message: never) => void>>();
  const changed = new Set<(connected: boolean) => void>();
  const reactions = new Map<string, (message: never) => void>();
  return {
    get connected() {
      return connected;
    },
    connect(now) {
      if (connected === now) return;
      connected = now;
      for (const listener of changed) listener(now);
    },
    send(name, message) {
      if (!connected) return false;
      out.push({ name, message });
      reactions.get(name)?.(message as never);
      return true;
    },
    hear(name, listener) {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all.add(listener as (message: never) => void));
      return () => all.delete(listener as (message: never) => void);
    },
    onChange(listener) {
      changed.add(listener);
      return () => changed.delete(listener);
    },
    sent: (name) => out.filter((one) => one.name === name).map(({ message }) => message as never),
    deliver(name, message) {
      for (const listener of listeners.get(name) ?? []) listener(message as never);
    },
    react: (name, reaction) => void reactions.set(name, reaction as (message: never) => void),
  };
}
