import type { PeerMessage } from '@gatehouse/protocol';

/**
 * What the gateway's parts need of the way to other gateways of the venue; the real one is
 * wire.ts. A session is up only with a gateway that has proven who it is and that `admit` lets in.
 */
export interface PeerLink {
  /** Gateways with a session up. It may still be dead on the far side. */
  readonly connected: readonly string[];
  /** Hands a message over if a session is up; nothing is queued. Says whether it was. */
  send(gateway: string, message: PeerMessage): boolean;
  /** Hears messages, in the order in which one gateway sent them; returns how to stop. */
  hear(listener: (gateway: string, message: PeerMessage) => void): () => void;
  /** Told when a session comes up or ends; returns how to stop being told. */
  onChange(listener: (gateway: string, connected: boolean) => void): () => void;
  /** Gateways that may have a session from now on; sessions of others end. */
  admit(gateways: readonly string[]): void;
  /** Gives up a session that is up but silent, so that another is tried. */
  renew(gateway: string): void;
}

/** A gateway that no other one is reached from. */
export const ALONE: PeerLink = {
  connected: [],
  send: () => false,
  hear: () => () => undefined,
  onChange: () => () => undefined,
  admit() {},
  renew() {},
};
