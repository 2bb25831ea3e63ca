import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of the people at the doors; docs/cloud.md lists the same codes. */
export const doorErrors = {
  'door-person-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no such person on this venue’s list ({id}).',
  },
  'door-code-taken': {
    acts: 'administrator',
    status: 409,
    message: 'Somebody else of this venue has the code {code}.',
  },
  'door-staff-full': {
    acts: 'administrator',
    status: 409,
    message: 'A venue has {max} people at its doors at most.',
  },
  'door-pin-weak': {
    acts: 'administrator',
    status: 422,
    message: 'A PIN has 6 to 12 digits, not all the same and not one after another.',
  },
  'door-import-faulty': {
    acts: 'administrator',
    status: 422,
    message: 'Nobody was imported: {total} faults in {rows} rows.',
  },
  'door-busy': {
    acts: 'administrator',
    status: 503,
    message: 'Too many PINs are being made at once; try again soon.',
  },
} as const satisfies ErrorTable;

export const doorError = errorsOf(doorErrors);
