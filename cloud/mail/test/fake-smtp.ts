import { EventEmitter, once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  readonly to: string;
  readonly from: string;
  readonly user: string | undefined;
  readonly secure: boolean;
  readonly source: string;
}

/** What the server does with the next mail, asked anew each time. */
export interface Behaviour {
  /** Answer to RCPT TO instead of 250, like `450 4.2.0 come back later`. */
  readonly rcpt?: string | undefined;
  /** Answer after the message instead of 250. */
  readonly data?: string | undefined;
  /** `data`: ends the connection in the middle of DATA; `end`: after the message, unanswered. */
  readonly cut?: 'data' | 'end' | undefined;
  /** Milliseconds before it answers the message. */
  readonly slow?: number | undefined;
}

export interface FakeSmtp {
  readonly port: number;
  readonly received: ReceivedMail[];
  /** Resolves once so many mails have come. */
  receives(count: number): Promise<void>;
  /** Behaviours of the next mails, one each; then it takes everything. */
  readonly next: Behaviour[];
  /** Most connections that were open at once. */
  mostAtOnce(): number;
  stop(): Promise<void>;
}

/** A real SMTP server on this machine that behaves as told. */
export async function startSmtp(given: {
  readonly options?: SMTPServerOptions;
  readonly login?: { user: string; pass: string };
  readonly next?: Behaviour[];
}): Promise<FakeSmtp> {
  const received: ReceivedMail[] = [];
  const came = new EventEmitter();
  const next = given.next ?? [];
  const current = new Map<string, Behaviour>();
  let open = 0;
  let most = 0;
  const server = new SMTPServer({
    authOptional: given.login === undefined,
    disabledCommands: given.login === undefined ? ['AUTH', 'STARTTLS'] : [],
    allowInsecureAuth: true,
    ...given.options,
    onConnect(_session, callback) {
      open += 1;
      most = Math.max(most, open);
      callback();
    },
    onClose() {
      open -= 1;
    },
    onAuth(auth, _session, callback) {
      const right = auth.username === given.login?.user && auth.password === given.login?.pass;
      if (right) callback(null, { user: auth.username });
      else callback(answer('535 5.7.8 wrong user or password'));
    },
    onRcptTo(_address, session, callback) {
      const behaviour = next.shift() ?? {};
      current.set(session.id, behaviour);
      callback(behaviour.rcpt ? answer(behaviour.rcpt) : null);
    },
    onData(stream, session, callback) {
      const behaviour = current.get(session.id) ?? {};
      const chunks: Buffer[] = [];
      if (behaviour.cut === 'data') return cut(server, session);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (!behaviour.data) {
          received.push(receivedOf(session, Buffer.concat(chunks)));
          came.emit('mail');
        }
        if (behaviour.cut === 'end') return cut(server, session);
        const reply = () => callback(behaviour.data ? answer(behaviour.data) : null);
        // An answer that is never waited for keeps no test alive.
        setTimeout(reply, behaviour.slow ?? 0).unref();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    ...{ received, next },
    async receives(count) {
      while (received.length < count) await once(came, 'mail');
    },
    mostAtOnce: () => most,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function receivedOf(session: SMTPServerSession, source: Buffer): ReceivedMail {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    to: rcptTo[0]?.address ?? '',
    from: mailFrom ? mailFrom.address : '',
    user: session.user,
    secure: session.secure,
    source: source.toString('utf8'),
  };
}

/** An answer of the server; its first word is the code. */
function answer(text: string): Error {
  const [code = '', ...rest] = text.split(' ');
  return Object.assign(new Error(rest.join(' ')), { responseCode: Number(code) });
}

function cut(server: SMTPServer, session: SMTPServerSession): void {
  const { connections } = server as unknown as {
    connections: Set<{ session: SMTPServerSession; _socket: Socket }>;
  };
  for (const connection of connections) {
    if (connection.session.id === session.id) connection._socket.destroy();
  }
}
