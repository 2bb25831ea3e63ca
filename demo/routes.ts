import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Board } from './board.ts';
import { demoError } from './errors.ts';
import type { NewTicket } from './tickets.ts';

/** What a visitor of the door page can make happen. */
export interface DoorActions {
  /** Holds a picture to the camera; answers how many cameras look. */
  hold(picture: Uint8Array, milliseconds: number | undefined): number;
  takeAway(): void;
  type(text: string): Promise<void>;
  walk(): Promise<boolean>;
  push(): Promise<void>;
  pressFire(pressed: boolean): void;
  setCable(plugged: boolean): Promise<void>;
  setGateway(running: boolean): Promise<void>;
  newTicket(kind: 'regular' | 'secure'): Promise<NewTicket>;
  bindKey(
    ticket: string,
    publicKey: string,
  ): Promise<{ tenant: string; handle: string; generation: number }>;
  beacon(): Promise<{ index: number; value: string; until: number; now: number }>;
  /** The administrator's page with its token, for a visitor on this machine only. */
  adminLink(): Promise<string>;
}

/** What the serial line of the simulated scanner takes at once. */
const MAX_SCAN_CHARACTERS = 4_000;
const MAX_HOLD_MILLISECONDS = 60_000;

const bodies = {
  scanner: z.strictObject({ text: z.string().min(1).max(MAX_SCAN_CHARACTERS) }),
  fire: z.strictObject({ pressed: z.boolean() }),
  cable: z.strictObject({ plugged: z.boolean() }),
  gateway: z.strictObject({ running: z.boolean() }),
  ticket: z.strictObject({ kind: z.enum(['regular', 'secure']) }),
  key: z.strictObject({ publicKey: z.base64().max(200) }),
};
const holdQuery = z.object({
  ms: z.coerce.number().int().min(1).max(MAX_HOLD_MILLISECONDS).optional(),
});

/** The routes under /demo/ that do something. */
export function doorRoutes(board: Board, actions: DoorActions) {
  return async (server: FastifyInstance): Promise<void> => {
    server.addContentTypeParser(
      ['image/jpeg', 'image/png'],
      { parseAs: 'buffer' },
      (_request, body, done) => done(null, body),
    );
    server.get('/demo/state', async () => board.state);
    server.post('/demo/camera', async (request) => hold(actions, request));
    server.delete('/demo/camera', async () => {
      actions.takeAway();
      return {};
    });
    server.post('/demo/scanner', async ({ body }) => {
      await actions.type(checked(bodies.scanner, body).text);
      return {};
    });
    server.post('/demo/walk', async () => ({ passed: await actions.walk() }));
    server.post('/demo/push', async () => {
      await actions.push();
      return {};
    });
    server.post('/demo/fire', async ({ body }) => {
      actions.pressFire(checked(bodies.fire, body).pressed);
      return {};
    });
    server.post('/demo/cable', async ({ body }) => {
      await actions.setCable(checked(bodies.cable, body).plugged);
      return {};
    });
    server.post('/demo/gateway', async ({ body }) => {
      await actions.setGateway(checked(bodies.gateway, body).running);
      return {};
    });
    ticketRoutes(server, actions);
  };
}

function ticketRoutes(server: FastifyInstance, actions: DoorActions): void {
  server.post('/demo/tickets', ({ body }) => actions.newTicket(checked(bodies.ticket, body).kind));
  server.post<{ Params: { id: string } }>('/demo/tickets/:id/key', ({ params, body }) =>
    actions.bindKey(params.id, checked(bodies.key, body).publicKey),
  );
  server.get('/demo/beacon', () => actions.beacon());
  server.get('/demo/admin', async (request) => {
    if (!isHere(request)) throw demoError('demo-other-site');
    return { link: await actions.adminLink() };
  });
}

function hold(actions: DoorActions, request: FastifyRequest): { cameras: number } {
  const { body } = request;
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw demoError('demo-request-wrong', { fault: 'a JPEG or PNG picture is expected' });
  }
  const { ms } = checked(holdQuery, request.query);
  const cameras = actions.hold(body, ms);
  if (cameras === 0) throw demoError('demo-camera-away');
  return { cameras };
}

function isHere(request: FastifyRequest): boolean {
  return /^(::ffff:)?127\.|^::1$/.test(request.ip);
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const fault = `${issue?.path.join('.') || 'the body'}: ${issue?.message ?? 'wrong'}`;
  throw demoError('demo-request-wrong', { fault });
}
