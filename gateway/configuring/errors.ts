import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Why a configuration or a command from the cloud was not followed. */
export const configuringErrors = {
  'configuration-invalid': {
    acts: 'administrator',
    message: 'The configuration is not valid at {field}: {fault}. The running one stays.',
  },
  'configuration-lanes': {
    acts: 'administrator',
    message:
      'The configuration has {lanes} lanes and this device {devices}. The running one stays.',
  },
  'configuration-hardware': {
    acts: 'technician',
    message: 'The configuration is for {wanted}, and {found} hangs at this device.',
  },
  'configuration-failed': {
    acts: 'technician',
    message: 'The entrance did not start with the configuration ({fault}). The former one runs.',
  },
  'command-late': {
    acts: 'nobody',
    message: 'The command came too late and was not done; give it again.',
  },
  'command-not-armed': {
    acts: 'technician',
    message: 'A test needs somebody at the device: arm it on its technician’s page first.',
  },
  'command-lane-unknown': {
    acts: 'administrator',
    message: 'This gateway has no lane {lane}.',
  },
  'command-lane-open': {
    acts: 'administrator',
    message: 'A test needs a closed lane; close {lane} first.',
  },
  'command-failed': {
    acts: 'technician',
    message: 'The turnstile did not follow ({fault}).',
  },
} as const satisfies ErrorTable;

export type ConfiguringErrorCode = keyof typeof configuringErrors;
export const configuringError = errorsOf(configuringErrors);
