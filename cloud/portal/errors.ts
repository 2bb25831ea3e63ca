import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of the portal; docs/portal.md lists the same. */
export const portalErrors = {
  'portal-phone-refused': {
    acts: 'guest',
    status: 422,
    message: 'No code can be sent to this number: {reason}.',
  },
  'portal-code-wrong': {
    acts: 'guest',
    status: 403,
    message: 'The code is not right or no longer good; enter it again or ask for another.',
  },
  'portal-session-ended': {
    acts: 'guest',
    status: 401,
    message: 'This phone is not logged in, or no longer; log in with number and code.',
  },
  'portal-taken-over': {
    acts: 'guest',
    status: 409,
    message: 'Another phone shows these tickets now; log in here to bring them back.',
  },
  'portal-keys-used-up': {
    acts: 'guest',
    status: 429,
    message: 'This phone has lost its key too often; log in with number and code.',
  },
  'portal-busy': {
    acts: 'nobody',
    status: 503,
    message: 'Too many guests at once; the page tries again by itself.',
  },
} as const satisfies ErrorTable;

export const portalError = errorsOf(portalErrors);
