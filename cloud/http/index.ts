export {
  allow,
  type Caller,
  type CallerByCookie,
  type CallerRole,
  hasRole,
  STAFF_ROLES,
  type StaffRole,
} from './callers.ts';
export { type CookieRules, isTls, readCookie, setCookie } from './cookies.ts';
export { CSRF_HEADER, checkCsrf, checkOrigin, isSafe } from './csrf.ts';
export { httpError, httpErrors } from './errors.ts';
export type { HostSettings } from './hosts.ts';
export { createLoginFailures, type LoginFailures } from './login-failures.ts';
export { networkOf } from './network.ts';
export { createPasswords, PASSWORD_MAX, PASSWORD_MIN, type Passwords } from './password.ts';
export { createRateLimit, type RateLimit, type RateRule, type RateVerdict } from './rate-limit.ts';
export { csrfTokenOf, digestOf, isSame, makeSecret, SECRET } from './secrets.ts';
export { createServer } from './server.ts';
export {
  createSessions,
  type ListedSession,
  type Session,
  type SessionParts,
  type SessionRules,
  type Sessions,
} from './sessions.ts';
export { tokenRoutes } from './token-routes.ts';
export { makeFirstToken, makeToken } from './tokens.ts';
