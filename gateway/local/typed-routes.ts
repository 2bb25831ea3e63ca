import type { FastifyInstance } from 'fastify';
import { type LocalState, TypedRequest, type TypedSeen } from './api.ts';
import { read } from './body.ts';
import type { Desk } from './desk.ts';

/** Takes a typed config code step by step; in gateway/configuring. */
export interface TypedCodes {
  look(typed: Pick<TypedRequest, 'url' | 'code'>): Promise<TypedSeen>;
  offer(typed: Pick<TypedRequest, 'url' | 'code'>, root: string): Promise<object>;
  claim(typed: Pick<TypedRequest, 'url' | 'code'>, root: string): Promise<void>;
}

/** A technician types a config code, where the device can read none. */
export function typedRoutes(server: FastifyInstance, desk: Desk, typed: TypedCodes): void {
  server.post('/api/technician/typed-code', async (request): Promise<object | LocalState> => {
    desk.person(request, 'technician');
    const { root, agreed, ...said } = read(TypedRequest, request.body);
    if (root === undefined) return typed.look(said);
    if (!agreed) return typed.offer(said, root);
    await typed.claim(said, root);
    return desk.state(request);
  });
}
