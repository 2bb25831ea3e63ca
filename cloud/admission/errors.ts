import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of admission and its broker; docs/cloud.md lists the same codes. */
export const admissionErrors = {
  'cloud-busy': {
    acts: 'nobody',
    status: 503,
    message: 'The cloud has more to do than it can queue; send it again shortly.',
  },
  'cloud-failed': {
    acts: 'developer',
    status: 500,
    message: 'The cloud failed on this message; its log says why.',
  },
  'broker-foreign-topic': {
    acts: 'technician',
    status: 403,
    message: 'A gateway may publish only its own messages, under its own id.',
  },
  'broker-retain-refused': {
    acts: 'developer',
    status: 403,
    message: 'Retained messages are refused.',
  },
  'broker-payload-too-large': {
    acts: 'developer',
    status: 413,
    message: 'A message of {bytes} bytes is larger than the broker takes.',
  },
  'broker-id-mismatch': {
    acts: 'technician',
    status: 403,
    message: 'The client id is not the name in the certificate.',
  },
  'broker-session-refused': {
    acts: 'developer',
    status: 403,
    message: 'The broker takes clean sessions without a will.',
  },
  'broker-gateway-refused': {
    acts: 'administrator',
    status: 403,
    message: 'This gateway is not, or no longer, allowed.',
  },
  'gateway-not-accepted': {
    acts: 'administrator',
    status: 403,
    message: 'Nobody has compared the key of this gateway yet; accept it in the administration.',
  },
  'gateway-not-neighbour': {
    acts: 'developer',
    status: 403,
    message: 'A gateway may tell only of passages at other gateways of its own venue.',
  },
  'stream-full': {
    acts: 'nobody',
    status: 503,
    message: 'Too many live streams are open; close one or try again later.',
  },
} as const satisfies ErrorTable;

export const admissionError = errorsOf(admissionErrors);
