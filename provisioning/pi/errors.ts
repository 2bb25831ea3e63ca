import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of releases and updates; docs/operations.md lists the same codes. */
export const releaseErrors = {
  'release-unreadable': {
    acts: 'administrator',
    message: '{path} is no release: {fault}.',
  },
  'release-unsigned': {
    acts: 'administrator',
    message: 'The release is not signed by the key in {key}; nothing was installed.',
  },
  'release-altered': {
    acts: 'administrator',
    message: 'The release is not as it was signed, at {file}; nothing was installed.',
  },
  'release-known': {
    acts: 'nobody',
    message: 'Release {version} is the one that runs.',
  },
  'release-missing': {
    acts: 'technician',
    message: 'There is no earlier release to go back to.',
  },
  'update-doors-open': {
    acts: 'nobody',
    message: 'Doors are open ({reason}); the update waits until they are closed.',
  },
  'update-busy': {
    acts: 'nobody',
    message: 'Another update is under way (process {process}).',
  },
  'update-taken-back': {
    acts: 'administrator',
    message: 'Release {version} did not hold ({checks}); {before} runs again.',
  },
} as const satisfies ErrorTable;

export const releaseError = errorsOf(releaseErrors);
