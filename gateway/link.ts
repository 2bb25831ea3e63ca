import type { Message, NameOf } from '@gatehouse/protocol';

/** What the gateway's parts need of the way to the cloud; the real one is uplink.ts. */
export interface Link {
  /** Whether a session is up. It may still be dead on the far side. */
  readonly connected: boolean;
  /** Hands a message over if a session is up; nothing is queued. Says whether it was. */
  send<N extends NameOf<'up'>>(name: N, message: Message<'up', N>): boolean;
  /** Hears a topic; returns how to stop hearing it. */
  hear<N extends NameOf<'down'>>(
    name: N,
    listener: (message: Message<'down', N>) => void,
  ): () => void;
  /** Told at every change of `connected`; returns how to stop being told. */
  onChange(listener: (connected: boolean) => void): () => void;
  /** Gives up a session that is up but silent and opens another, where the link can. */
  renew?(): void;
}
