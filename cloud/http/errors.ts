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
