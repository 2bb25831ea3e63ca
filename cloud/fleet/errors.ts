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
  'gateway-away': {
    acts: 'administrator',
    status: 409,
    message: 'The gateway {id} has no session now, so nothing can be asked of it.',
  },
  'commands-full': {
    acts: 'administrator',
    status: 503,
    message: 'Too many commands wait for their answer; try again in a moment.',
  },
  'configuration-outdated': {
    acts: 'administrator',
    status: 409,
    message: 'The configuration is of version {version} meanwhile; look at it again.',
  },
  'configuration-lanes-differ': {
    acts: 'administrator',
    status: 400,
    message: 'Lanes cannot be added or removed from afar; make a new config code.',
  },
  'fleet-keys-unreadable': {
    acts: 'administrator',
    message:
      'The file {file} with the keys of this cloud cannot be read; restore it from a backup.',
  },
  'device-root-needed': {
    acts: 'administrator',
    message:
      'The authority for devices ends; put the key of its root back into {file} for one start.',
  },
  'fleet-not-started': {
    acts: 'developer',
    message: 'The fleet was asked for its keys before it was started.',
  },
} as const satisfies ErrorTable;

export const fleetError = errorsOf(fleetErrors);
