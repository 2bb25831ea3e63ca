export { httpError, httpErrors } from './errors.ts';
export { createServer } from './server.ts';
export { tokenRoutes } from './token-routes.ts';
export { makeFirstToken, makeToken } from './tokens.ts';
