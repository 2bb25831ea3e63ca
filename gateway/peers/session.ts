import { PEER_BYTES_MAX, PeerMessage } from '@gatehouse/protocol';
import type { WebSocket } from 'ws';
import type { Refuse } from './refusals.ts';

/** Bytes that may wait for a gateway that reads too slowly; then its session is given up. */
export const WAITING_BYTES_MAX = 8 * 1024 * 1024;

/** A goodbye that is not answered by then is the end. */
const CLOSE_MAX_MS = 1_000;

/** The same on both ends; nothing is packed, nothing is answered behind the session's back. */
export const SOCKET_OPTIONS = {
  maxPayload: PEER_BYTES_MAX,
  perMessageDeflate: false,
  autoPong: false,
  closeTimeout: CLOSE_MAX_MS,
} as const;

/** How one session is told from others; both ends know all of it. */
export interface SessionName {
  readonly gateway: string;
  /** Drawn by whoever dialled. */
  readonly id: string;
  /** Drawn by the other gateway at its start. */
  readonly instance: string;
  readonly dialledBy: 'us' | 'them';
}

export interface Session extends SessionName {
  send(message: PeerMessage): boolean;
  /** Ends it at once. */
  end(why: string): void;
  /** Ends it after what was sent has gone out. */
  close(): void;
}

export interface SessionOptions {
  readonly name: SessionName;
  readonly socket: WebSocket;
  readonly refuse: Refuse;
  readonly onMessage: (session: Session, message: PeerMessage) => void;
  readonly onEnd: (session: Session, why: string) => void;
}

/** One WebSocket with an authentic gateway: checked text frames in, bounded ones out. */
export function createSession(options: SessionOptions): Session {
  const { name, socket, refuse } = options;
  const { gateway } = name;
  let over = false;

  function end(why: string): void {
    if (over) return;
    over = true;
    socket.terminate();
    options.onEnd(session, why);
  }

  /** The other end says what it must not, or takes nothing more. */
  function giveUp(code: 'peer-message-invalid' | 'peer-slow', fault: string): void {
    if (!over) refuse(code, { gateway, fault });
    end(code);
  }

  function receive(data: Buffer, isBinary: boolean): void {
    if (over) return;
    const read = isBinary ? { fault: 'a binary frame' } : readMessage(data);
    if ('fault' in read) giveUp('peer-message-invalid', read.fault);
    else options.onMessage(session, read.message);
  }

  const session: Session = {
    ...name,
    end,
    send(message) {
      if (over) return false;
      const text = JSON.stringify(message);
      if (Buffer.byteLength(text) > PEER_BYTES_MAX) {
        refuse('peer-message-invalid', { gateway, fault: `our own ${message.type} is too long` });
        return false;
      }
      socket.send(text);
      if (socket.bufferedAmount <= WAITING_BYTES_MAX) return true;
      giveUp('peer-slow', `${WAITING_BYTES_MAX} bytes wait for it`);
      return false;
    },
    close() {
      if (over) return;
      over = true;
      socket.close(1001);
      options.onEnd(session, 'stopped');
    },
  };
  socket.on('message', (data, isBinary) => receive(data as Buffer, isBinary));
  socket.on('error', (error: Error & { code?: string }) => {
    // The library's own codes are breaches of the protocol; all others come from a lost wire.
    if (error.code?.startsWith('WS_ERR')) giveUp('peer-message-invalid', error.code);
    else end(error.code ?? error.message);
  });
  socket.on('close', (code) => end(`closed ${code}`));
  return session;
}

/** Reads a text frame. The fault names field and kind, never what stood there. */
export function readMessage(data: Buffer): { message: PeerMessage } | { fault: string } {
  let json: unknown;
  try {
    json = JSON.parse(data.toString('utf8'));
  } catch {
    return { fault: 'not JSON' };
  }
  const result = PeerMessage.safeParse(json);
  if (result.success) return { message: result.data };
  const issue = result.error.issues[0];
  const type = (json as { type?: unknown } | null)?.type;
  if (issue?.path[0] === 'type' && typeof type === 'string' && /^[a-z-]{1,32}$/.test(type)) {
    return { fault: `unknown type ${type}, perhaps of a newer version` };
  }
  const at = issue?.path
    .slice(0, 4)
    .join('.')
    .replace(/[^\w.-]/g, '?')
    .slice(0, 80);
  return { fault: `${issue?.code ?? 'invalid'} at ${at || '(whole)'}` };
}
