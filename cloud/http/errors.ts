import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of the HTTP server itself; docs/cloud.md lists the same codes. */
export const httpErrors = {
  'token-missing': {
    acts: 'developer',
    status: 401,
    message: 'Send an API token: Authorization: Bearer <token>.',
  },
  'token-unknown': {
    acts: 'administrator',
    status: 401,
    message: 'The API token is not known.',
  },
  'token-role': {
    acts: 'administrator',
    status: 403,
    message: 'This takes a token with the role administrator.',
  },
  'token-too-many-failures': {
    acts: 'nobody',
    status: 429,
    message: 'Too many unknown tokens from this address; try again in a minute.',
  },
  'token-not-found': {
    acts: 'administrator',
    status: 404,
    message: 'There is no API token {id}.',
  },
  'token-last': {
    acts: 'administrator',
    status: 409,
    message: 'This is the last administrator’s token; make another one first.',
  },
  'role-missing': {
    acts: 'administrator',
    status: 403,
    message: 'This takes one of these roles: {roles}.',
  },
  'origin-refused': {
    acts: 'developer',
    status: 403,
    message: 'This request comes from another site’s page.',
  },
  'csrf-refused': {
    acts: 'developer',
    status: 403,
    message: 'Send the token of the session in the header x-csrf-token.',
  },
  'too-many-requests': {
    acts: 'nobody',
    status: 429,
    message: 'Too many requests from this address; try again later.',
  },
  'login-too-many': {
    acts: 'nobody',
    status: 429,
    message: 'Too many wrong logins; wait a little.',
  },
  'login-busy': {
    acts: 'nobody',
    status: 503,
    message: 'Too many people log in at this moment; try again.',
  },
  'request-invalid': {
    acts: 'developer',
    status: 400,
    message: 'The request does not fit its schema at {field}: {fault}.',
  },
  'request-refused': {
    acts: 'developer',
    status: 400,
    message: 'The request cannot be taken: {fault}.',
  },
  'route-unknown': { acts: 'developer', status: 404, message: 'There is nothing here.' },
  'http-failed': {
    acts: 'developer',
    status: 500,
    message: 'The cloud failed on this request; its log says why.',
  },
} as const satisfies ErrorTable;

export const httpError = errorsOf(httpErrors);
