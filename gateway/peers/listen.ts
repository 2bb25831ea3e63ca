import { constants } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer, type TLSSocket } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock, Timer } from '../clock.ts';
import type { Identity } from './identity.ts';
import type { Refuse } from './refusals.ts';
import { type SessionName, SOCKET_OPTIONS } from './session.ts';

/** Where gateways ask each other for a session. */
export const PEER_PATH = '/peers/1';
/** A connection that is no session by then is closed. */
export const OPENING_MAX_MS = 5_000;
/** Connections on their way to a session; at one more the oldest is closed. */
const OPENING_MAX = 64;
/** The port is tried again this often while another program has it. */
const PORT_AGAIN_MS = 30_000;
/** Each connection proves anew who it is: none is resumed from an earlier one. */
const SERVER_OPTIONS = {
  requestCert: true,
  noDelay: true,
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const;
const DRAWN = /^[0-9a-f]{1,32}$/;
const SEVERAL_DRAWN = /^[0-9a-f]{1,32}(,[0-9a-f]{1,32}){0,3}$/;

/** Someone authentic asks for a session. `ended` names the last ones with us that it knows gone. */
export interface Arrival {
  readonly name: SessionName;
  readonly ended: string | undefined;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly identity: () => Identity;
  /** Told to whoever dials: drawn at the start. */
  readonly instance: string;
  readonly clock: Clock;
  readonly refuse: Refuse;
  /** Whether this session may begin now. */
  readonly mayBegin: (arrival: Arrival) => boolean;
  readonly onSession: (name: SessionName, socket: WebSocket) => void;
  readonly onPort: (port: number) => void;
}

export interface Listener {
  /** Gives the port, or 0 while it can't be had; then it is tried again. */
  start(): Promise<number>;
  stop(): Promise<void>;
}

interface Opening {
  readonly raw: Socket;
  readonly timer: Timer;
  gateway?: string;
}

/** Lets other gateways in: TLS first, then who it is, and only then a byte of HTTP. */
export function createListener(options: ListenOptions): Listener {
  const { clock, identity, refuse } = options;
  const opening = new Map<string, Opening>();
  let stop: (() => Promise<void>) | undefined;
  let again: Timer;

  const keyOf = (socket: Socket) => `${socket.remoteAddress} ${socket.remotePort}`;

  function began(raw: Socket): void {
    const key = keyOf(raw);
    const timer = clock.setTimeout(() => {
      if (!opening.get(key)?.gateway) refused(raw, 'handshake too slow');
      raw.destroy();
    }, OPENING_MAX_MS);
    opening.set(key, { raw, timer });
    raw.on('close', () => settled(key));
    raw.on('error', () => raw.destroy());
    if (opening.size > OPENING_MAX) opening.values().next().value?.raw.destroy();
  }

  function settled(key: string): Opening | undefined {
    const one = opening.get(key);
    if (one) clock.clearTimeout(one.timer);
    opening.delete(key);
    return one;
  }

  function refused(socket: Socket, fault: string): void {
    refuse('peer-refused', { address: socket.remoteAddress ?? 'gone', fault });
  }

  /** TLS is up: whoever is not authentic never reaches a parser. */
  function meet(socket: TLSSocket): boolean {
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
    const known = opening.get(keyOf(socket));
    const judged = identity().judge(socket.getPeerX509Certificate());
    if (known && 'gateway' in judged) {
      known.gateway = judged.gateway;
      return true;
    }
    if ('fault' in judged) refused(socket, judged.fault);
    socket.destroy();
    return false;
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const gateway = opening.get(keyOf(socket as Socket))?.gateway;
    const { headers, url } = request;
    const drawn = (field: string, shape = DRAWN) => {
      const value = headers[`gatehouse-${field}`];
      return typeof value === 'string' && shape.test(value) ? value : undefined;
    };
    const [id, instance, ended] = [
      drawn('session'),
      drawn('instance'),
      drawn('ended', SEVERAL_DRAWN),
    ];
    if (!gateway || url !== PEER_PATH || !id || !instance) {
      refused(socket as Socket, 'another protocol');
      return void socket.destroy();
    }
    const name: SessionName = { gateway, id, instance, dialledBy: 'them' };
    if (!options.mayBegin({ name, ended })) {
      return void socket.end('HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n');
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      settled(keyOf(socket as Socket));
      options.onSession(name, accepted);
    });
  }

  const sockets = new WebSocketServer({ noServer: true, clientTracking: false, ...SOCKET_OPTIONS });
  sockets.on('headers', (headers) => headers.push(`gatehouse-instance: ${options.instance}`));
  sockets.on('wsClientError', (error, socket) => {
    refused(socket as Socket, error.message);
    socket.destroy();
  });
  // Never listens itself: it is handed the connections of authentic gateways.
  const http = createHttpServer({ maxHeaderSize: 4_096 }, (request) => request.socket.destroy());
  http.on('upgrade', upgrade);
  http.on('clientError', (_error, socket) => socket.destroy());

  /** Gives the port, or what is in the way. */
  function listen(): Promise<number | Error> {
    const server = createServer({ ...identity().tls, ...SERVER_OPTIONS });
    server.on('connection', began);
    server.on('secureConnection', (socket) => {
      if (meet(socket)) http.emit('connection', socket);
    });
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code !== 'ECONNRESET') refused(socket, error.code ?? 'TLS');
      socket.destroy();
    });
    return new Promise((resolve) => {
      server.once('error', resolve);
      server.listen(options.port, options.host, () => {
        server.off('error', resolve);
        server.on('error', (error) => refuse('peer-refused', { address: '', fault: `${error}` }));
        stop = () => new Promise((done) => server.close(() => done()));
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  async function open(): Promise<number> {
    const port = await listen();
    if (typeof port === 'number') {
      options.onPort(port);
      return port;
    }
    const { code: fault = port.message } = port as NodeJS.ErrnoException;
    refuse('peer-port-in-use', { port: options.port, fault });
    again = clock.setTimeout(() => void open(), PORT_AGAIN_MS);
    return 0;
  }

  return {
    start: open,
    async stop() {
      clock.clearTimeout(again);
      const closed = stop?.();
      stop = undefined;
      for (const { raw } of opening.values()) raw.destroy();
      await closed;
    },
  };
}
