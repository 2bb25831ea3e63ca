import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of ticketing; docs/cloud.md lists the same codes. */
export const ticketingErrors = {
  'production-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no production {id}.',
  },
  'performance-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no performance {id}.',
  },
  'performance-times-invalid': {
    acts: 'administrator',
    status: 422,
    message: 'The times do not follow each other: {field} must be after {other}.',
  },
  'performance-has-tickets': {
    acts: 'administrator',
    status: 409,
    message: 'Secure cannot be switched any more: the performance has tickets.',
  },
  'ticket-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no ticket {id}.',
  },
  'ticket-code-refused': {
    acts: 'administrator',
    status: 422,
    message: 'This code cannot be a ticket: {reason}.',
  },
  'ticket-not-secure': {
    acts: 'developer',
    status: 409,
    message: 'Only a secure ticket takes a key.',
  },
  'ticket-kind-refused': {
    acts: 'administrator',
    status: 409,
    message:
      'A performance that is not secure has no secure tickets, and a code is for regular ones.',
  },
  'key-invalid': {
    acts: 'developer',
    status: 422,
    message: 'A key is a P-256 public key as SubjectPublicKeyInfo in base64.',
  },
  'key-generations-used-up': {
    acts: 'administrator',
    status: 409,
    message: 'The ticket has been bound 255 times; issue another ticket.',
  },
  'import-rows-faulty': {
    acts: 'administrator',
    status: 422,
    message: 'Nothing was imported: {total} faults in {rows} rows.',
  },
  'import-busy': {
    acts: 'administrator',
    status: 409,
    message: 'Another import is running; try again when it is done.',
  },
  'import-too-large': {
    acts: 'administrator',
    status: 413,
    message: 'Nothing was imported: at most {bytes} bytes and {rows} rows go in one import.',
  },
  'import-secure-performance': {
    acts: 'administrator',
    status: 409,
    message: 'Codes cannot be imported into a secure performance; anybody could copy them.',
  },
} as const satisfies ErrorTable;

export const ticketingError = errorsOf(ticketingErrors);
