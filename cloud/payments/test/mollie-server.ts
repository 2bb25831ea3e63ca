import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { testAuthority } from '../../test/certificates.ts';
import type { MollieAddress } from '../mollie.ts';

export interface MolliePayment {
  readonly id: string;
  status: string;
  amount: { currency: string; value: string };
  readonly description: string;
  readonly redirectUrl: string;
  readonly webhookUrl: string;
  metadata: unknown;
}

/** A server that answers as docs.mollie.com describes for payments and refunds. */
export interface MollieServer {
  readonly address: MollieAddress;
  readonly payments: Map<string, MolliePayment>;
  readonly refunds: { payment: string; value: string; currency: string; key: string }[];
  /** Requests seen, as `METHOD /path`. */
  readonly seen: string[];
  /** Answers with 503 while set. */
  isDown: boolean;
  /** Told of the next request before it is answered. */
  onSeen: (() => void) | undefined;
  /** Takes the next create, but cuts the line before it answers. */
  isCutting: boolean;
  /** Changes a payment without telling anybody. */
  turn(id: string, status: string, change?: Partial<MolliePayment>): void;
  /** Calls the webhook as Mollie does: a form with the id, nothing else. */
  tell(id: string, about?: string): Promise<number>;
  stop(): Promise<void>;
}

export async function startMollie(): Promise<MollieServer> {
  // Mollie's client speaks only TLS and only with authorities that it brings along.
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  const payments = new Map<string, MolliePayment>();
  const byKey = new Map<string, string>();
  const refunds: MollieServer['refunds'] = [];
  const seen: string[] = [];
  let count = 0;
  const { tls } = await testAuthority();
  const server = createServer({ key: tls.key, cert: tls.cert }, (request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = text === '' ? {} : JSON.parse(text);
    const path = (request.url ?? '').split('?')[0] as string;
    seen.push(`${request.method} ${path}`);
    const { onSeen } = mollie;
    mollie.onSeen = undefined;
    onSeen?.();
    if (!/^Bearer test_\w{20,}$/.test(request.headers.authorization ?? '')) {
      return fail(response, 401, 'Unauthorized Request');
    }
    if (mollie.isDown) return fail(response, 503, 'Service Unavailable');
    const key = String(request.headers['idempotency-key'] ?? '');
    const [, id, rest] = /^\/v2\/payments(?:\/(tr_\w+))?(?:\/(refunds))?$/.exec(path) ?? [];
    if (request.method === 'POST' && id === undefined) return create(response, body, key);
    const payment = payments.get(id ?? '');
    if (!payment) return fail(response, 404, 'Not Found');
    if (rest === undefined) return send(response, 200, shown(payment));
    return refund(response, payment, body, key);
  }

  function create(response: ServerResponse, body: MolliePayment, key: string): void {
    const known = byKey.get(key);
    const id = known ?? `tr_test${++count}`;
    if (known === undefined) {
      payments.set(id, { ...body, id, status: 'open' });
      byKey.set(key, id);
    }
    if (mollie.isCutting) {
      mollie.isCutting = false;
      response.destroy();
      return;
    }
    send(response, 201, shown(payments.get(id) as MolliePayment));
  }

  function refund(
    response: ServerResponse,
    payment: MolliePayment,
    body: { amount: { value: string; currency: string } },
    key: string,
  ): void {
    if (payment.status !== 'paid') {
      fail(response, 422, 'The payment is not paid');
      return;
    }
    const again = refunds.findIndex((one) => one.key === key);
    if (again < 0) refunds.push({ payment: payment.id, ...body.amount, key });
    const n = again < 0 ? refunds.length : again + 1;
    send(response, 201, {
      ...{ resource: 'refund', id: `re_test${n}`, amount: body.amount, status: 'queued' },
      ...{ paymentId: payment.id, createdAt: '2026-11-22T10:00:00+00:00', _links: {} },
    });
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const mollie: MollieServer = {
    address: { url: `https://127.0.0.1:${port}/v2/` },
    ...{ payments, refunds, seen, isDown: false, isCutting: false, onSeen: undefined },
    turn(id, status, change = {}) {
      Object.assign(payments.get(id) as MolliePayment, change, { status });
    },
    async tell(id, about = id) {
      const { webhookUrl } = payments.get(id) as MolliePayment;
      const body = new URLSearchParams({ id: about });
      return (await fetch(webhookUrl, { method: 'POST', body })).status;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return mollie;
}

function shown(payment: MolliePayment) {
  const checkout = { href: `https://www.mollie.com/checkout/${payment.id}`, type: 'text/html' };
  const links = payment.status === 'open' ? { checkout } : {};
  const made = { resource: 'payment', mode: 'test', createdAt: '2026-11-22T10:00:00+00:00' };
  return { ...made, ...payment, _links: links };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/hal+json' });
  response.end(JSON.stringify(body));
}

function fail(response: ServerResponse, status: number, title: string): void {
  send(response, status, { status, title, detail: title, _links: {} });
}
