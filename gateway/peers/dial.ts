import type { IncomingMessage } from 'node:http';
import { connect } from 'node:tls';
import { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { Address } from './address.ts';
import type { Identity } from './identity.ts';
import { OPENING_MAX_MS, PEER_PATH } from './listen.ts';
import { type SessionName, SOCKET_OPTIONS } from './session.ts';

/** What came of dialling an address. `gateway` is who stands there, if it is authentic. */
export type Dialled =
  | { readonly kind: 'begun'; readonly gateway: string }
  /** It has a session already, or one is just being made. */
  | { readonly kind: 'held'; readonly gateway: string }
  | { readonly kind: 'refused'; readonly fault: string }
  | { readonly kind: 'failed'; readonly fault: string; readonly gateway?: string };

export interface DialOptions {
  readonly address: Address;
  readonly identity: Identity;
  readonly instance: string;
  readonly clock: Clock;
  /** Whoever answers is authentic: the id of the session to ask for, or nothing to ask. */
  readonly ask: (gateway: string) => { id: string; ended: string | undefined } | undefined;
  /** Whether the session that was asked for is still wanted. */
  readonly onSession: (name: SessionName, socket: WebSocket) => boolean;
}

/** A dial under way; `stop` gives it up. */
export interface Dial {
  readonly done: Promise<Dialled>;
  stop(): void;
}

/** Dials once: TLS first, then who it is, and only then the question for a session. */
export function dial(options: DialOptions): Dial {
  const { address, clock, identity, instance } = options;
  const { promise, resolve } = Promise.withResolvers<Dialled>();
  const socket = connect({ ...address, ...identity.tls }).setNoDelay(true);
  let gateway: string | undefined;
  let finished = false;

  function finish(result: Dialled): void {
    if (finished) return;
    finished = true;
    clock.clearTimeout(timer);
    if (result.kind !== 'begun') socket.destroy();
    resolve(result);
  }
  const fail = (fault: string) => finish({ kind: 'failed', fault, ...(gateway && { gateway }) });
  const timer = clock.setTimeout(() => fail('no answer'), OPENING_MAX_MS);

  function request(peer: string, { id, ended }: { id: string; ended: string | undefined }): void {
    const web = new WebSocket(`wss://${peer}${PEER_PATH}`, {
      ...SOCKET_OPTIONS,
      createConnection: () => socket,
      headers: {
        'gatehouse-session': id,
        'gatehouse-instance': instance,
        ...(ended === undefined ? {} : { 'gatehouse-ended': ended }),
      },
    });
    let theirs: unknown;
    const failed = (error: Error) => fail(error.message);
    web.on('error', failed);
    web.on('unexpected-response', (asked, response) => {
      asked.destroy();
      if (response.statusCode === 409) finish({ kind: 'held', gateway: peer });
      else fail(`answered ${response.statusCode}`);
    });
    web.on('upgrade', (response: IncomingMessage) => {
      theirs = response.headers['gatehouse-instance'];
    });
    web.on('open', () => {
      const name = { gateway: peer, id, instance: String(theirs), dialledBy: 'us' } as const;
      const isWanted = options.onSession(name, web);
      web.off('error', failed);
      if (isWanted) return finish({ kind: 'begun', gateway: peer });
      web.on('error', () => web.terminate());
      finish({ kind: 'held', gateway: peer });
    });
  }

  socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
  socket.on('close', () => fail('closed'));
  socket.on('secureConnect', () => {
    const judged = identity.judge(socket.getPeerX509Certificate());
    if ('fault' in judged) return finish({ kind: 'refused', fault: judged.fault });
    gateway = judged.gateway;
    const wanted = options.ask(gateway);
    if (wanted) request(gateway, wanted);
    else finish({ kind: 'held', gateway });
  });
  return { done: promise, stop: () => fail('stopped') };
}
