import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { isSafe } from './csrf.ts';
import { httpError } from './errors.ts';
import { createTokenCheck } from './tokens.ts';

/** What a person of the house may do; `administrator` may everything. */
export const STAFF_ROLES = [
  'administrator',
  'box-office',
  'refund',
  'deliver-regular',
  'door-lead',
  'reporting',
] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

/** Also what a token that only reads may do. */
export type CallerRole = StaffRole | 'reader';

/** Whose request it is: a token's or a person's. */
export interface Caller {
  /** `staff:<id>` or `token:<name>`; what logs of changes say. */
  readonly id: string;
  readonly name: string;
  /** `administrator` may change what says nothing of roles, `reader` may only read it. */
  readonly role: 'administrator' | 'reader';
  readonly roles: readonly CallerRole[];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any route under `/api/v1` runs, unless the route is `open`. */
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** Who may call it, beside administrators; else all read and administrators change. */
    roles?: readonly CallerRole[];
    /** It knows by itself whom it lets in: a login. */
    open?: boolean;
  }
}

/** For a route's options: these may call it, and administrators. */
export function allow(...roles: CallerRole[]): { config: { roles: readonly CallerRole[] } } {
  return { config: { roles } };
}

/** Whether somebody has one of the roles, or is an administrator. */
export function hasRole({ roles }: Pick<Caller, 'roles'>, ...wanted: CallerRole[]): boolean {
  return roles.some((role) => role === 'administrator' || wanted.includes(role));
}

/**
 * Who calls by a cookie of their own, if anybody.
 * @throws GatehouseError `origin-refused`, `csrf-refused`
 */
export type CallerByCookie = (request: FastifyRequest) => Promise<Caller | undefined>;

/** The hook in front of `/api/v1`: finds out who calls, by token or cookie, and what they may. */
export function callerGuard(store: Store, clock: Clock, byCookie?: CallerByCookie) {
  const tokens = createTokenCheck(store, clock);
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    const { open, roles } = request.routeOptions.config;
    if (open) return;
    const { authorization } = request.headers;
    // A token in the request counts alone: whoever sends one means it.
    const person = authorization === undefined ? await byCookie?.(request) : undefined;
    request.caller = person ?? callerOfToken(await tokens.caller(authorization, request.ip));
    if (roles) {
      if (!hasRole(request.caller, ...roles)) {
        throw httpError('role-missing', { roles: ['administrator', ...roles].join(', ') });
      }
    } else if (!mayByDefault(request)) throw httpError('token-role');
  };
}

function callerOfToken({ name, role }: Pick<Caller, 'name' | 'role'>): Caller {
  return { id: `token:${name}`, name, role, roles: [role] };
}

function mayByDefault(request: FastifyRequest): boolean {
  return isSafe(request) || request.caller.role === 'administrator';
}
