import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Everything that can go wrong between a config code and a working entrance. */
export const provisioningErrors = {
  'config-code-foreign': {
    acts: 'technician',
    status: 400,
    message: 'This is not a Gatehouse config code.',
  },
  'config-code-unseen': {
    acts: 'technician',
    status: 400,
    message: 'No code can be read in the picture; take another: all of the code, close and sharp.',
  },
  'config-code-damaged': {
    acts: 'technician',
    status: 400,
    message: 'The config code is incomplete or damaged; read all of it again.',
  },
  'config-code-version': {
    acts: 'technician',
    status: 400,
    message: 'The config code is of version {version}; update the software of this device.',
  },
  'config-code-expired': {
    acts: 'administrator',
    status: 410,
    message: 'The config code was good until {expires}; make a new one.',
  },
  'config-code-forged': {
    acts: 'administrator',
    status: 400,
    message: 'The config code is not signed by {tenant}; do not use it, make a new one.',
  },
  'config-code-too-long': {
    acts: 'administrator',
    status: 400,
    message: 'The config code would take {length} characters of {limit}; use a shorter address.',
  },
  'config-invalid': {
    acts: 'administrator',
    status: 400,
    message: 'The configuration is not valid at {field}: {fault}.',
  },
  'server-unreachable': {
    acts: 'technician',
    status: 503,
    message: 'No answer from {host} after {attempts} attempts ({reason}); check the network.',
  },
  'server-pin-wrong': {
    acts: 'technician',
    status: 502,
    message: 'The server at {host} is not the one the config code names; check the network.',
  },
  'server-certificate-invalid': {
    acts: 'administrator',
    status: 502,
    message: 'The certificate of {host} is not valid ({reason}).',
  },
  'server-answer-invalid': {
    acts: 'developer',
    status: 502,
    message: 'The answer of {host} cannot be used: {fault}.',
  },
  'server-failed': {
    acts: 'administrator',
    status: 502,
    message: 'The server at {host} could not answer ({status} {reason}); try again later.',
  },
  'not-confirmed': {
    acts: 'technician',
    status: 409,
    message: 'Tenant and entrance were not confirmed; nothing was changed.',
  },
  'already-enrolled': {
    acts: 'technician',
    status: 409,
    message: 'This device is {gateway} already; reset it before giving it another place.',
  },
  'enrolment-unreadable': {
    acts: 'technician',
    status: 500,
    message: 'What this device was given cannot be read ({fault}); reset it and configure it anew.',
  },
  'disk-failed': {
    acts: 'technician',
    status: 507,
    message: 'The disk refused {file} ({reason}); check space and rights, then try again.',
  },
  'claim-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'This server knows no such config code; make a new one.',
  },
  'claim-used-up': {
    acts: 'administrator',
    status: 409,
    message: 'The config code has been used by as many devices as it is for; make a new one.',
  },
  'claim-expired': {
    acts: 'administrator',
    status: 410,
    message: 'The config code has expired; make a new one.',
  },
  'claim-revoked': {
    acts: 'administrator',
    status: 410,
    message: 'The config code has been revoked; make a new one.',
  },
  'gateway-revoked': {
    acts: 'administrator',
    status: 403,
    message: 'This device has been revoked; reset it and use a new config code.',
  },
  'reservation-lapsed': {
    acts: 'technician',
    status: 410,
    message:
      'The place for this device was kept for 15 minutes and it did not connect; read the config code again.',
  },
  'gateway-not-enrolled': {
    acts: 'administrator',
    status: 404,
    message: 'This server knows no such gateway; reset the device and use a new config code.',
  },
  'typed-code-wrong': {
    acts: 'technician',
    status: 400,
    message:
      'A typed code has 10 letters and digits, such as K7M4D-Q2X9R; look at the sheet again.',
  },
  'server-address-wrong': {
    acts: 'technician',
    status: 400,
    message:
      'This is no address of a server, such as https://gate.example:8082; look at the sheet.',
  },
  'wifi-unsupported': {
    acts: 'technician',
    message: 'This machine has no NetworkManager (nmcli), so it cannot join {ssid}; use a cable.',
  },
  'wifi-failed': {
    acts: 'technician',
    message: 'The Wi-Fi {ssid} cannot be joined ({reason}); check its name, key and reach.',
  },
  'configured-for-another': {
    acts: 'technician',
    message:
      'The config code is of {tenant}; reset this device before giving it to another theatre.',
  },
  'request-invalid': {
    acts: 'developer',
    status: 400,
    message: 'The enrolment request is not valid: {fault}.',
  },
} as const satisfies ErrorTable;

export type ProvisioningErrorCode = keyof typeof provisioningErrors;

/** Makes an error of this room; see the table. */
export const provisioningError = errorsOf(provisioningErrors);
