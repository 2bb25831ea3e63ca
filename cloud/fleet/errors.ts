import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of the fleet; those of a claim stand in the provisioning room's table. */
export const fleetErrors = {
  'config-code-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no config code {id}.',
  },
  'config-code-expires-early': {
    acts: 'administrator',
    status: 400,
    message: 'A config code must expire later than now.',
  },
  'gateway-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no gateway {id}.',
  },
  'fleet-keys-unreadable': {
    acts: 'administrator',
    message:
      'The file {file} with the keys of this cloud cannot be read; restore it from a backup.',
  },
  'fleet-not-started': {
    acts: 'developer',
    message: 'The fleet was asked for its keys before it was started.',
  },
} as const satisfies ErrorTable;

export const fleetError = errorsOf(fleetErrors);
