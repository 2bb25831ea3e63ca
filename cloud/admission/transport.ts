import type { Delta, Message, NameOf } from '@gatehouse/protocol';

/** One gateway's live connection. */
export interface GatewaySession {
  readonly gateway: string;
  /** Cloud time. */
  readonly since: number;
  readonly lastHeartbeat?: { readonly at: number; readonly beat: Message<'up', 'heartbeat'> };
}

/** Sends one message to the gateway that asked; a closed connection drops it. */
export type Answer = <N extends NameOf<'down'>>(name: N, message: Message<'down', N>) => void;

/**
 * Is handed every message of a gateway whose identity and topic the transport has checked. It
 * must return at once and answer later.
 */
export type Receive = (
  gateway: string,
  name: NameOf<'up'>,
  payload: Uint8Array,
  answer: Answer,
) => void;

/** Who carries the messages: the embedded broker, or one that stands elsewhere. */
export interface AdmissionTransport {
  start(): Promise<void>;
  stop(): Promise<void>;
  sessions(): GatewaySession[];
  /** Tells every connected gateway that there is something to ask for. */
  nudge(cursor: number): void;
  /** Sends a delta to those of these gateways that are connected and keep up. */
  delta(gateways: readonly string[], delta: Delta): void;
  /** Sends one message to a gateway that is connected. */
  tell<N extends NameOf<'down'>>(gateway: string, name: N, message: Message<'down', N>): void;
  /** Ends a gateway's session, such as after it was revoked. */
  disconnect(gateway: string): void;
}
