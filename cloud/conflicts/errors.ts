import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of the conflict desk; docs/cloud.md lists the same codes. */
export const conflictErrors = {
  'conflict-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no conflict {id}.',
  },
  'conflict-handled': {
    acts: 'administrator',
    status: 409,
    message: 'This conflict has been handled already; its note stays as it is.',
  },
} as const satisfies ErrorTable;

export const conflictError = errorsOf(conflictErrors);
