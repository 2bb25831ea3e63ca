import type { ErrorTable } from './errors.ts';

/** Errors of reading messages; docs/protocol.md lists the same codes. */
export const protocolErrors = {
  'message-too-large': {
    acts: 'developer',
    status: 413,
    message: 'A message of {bytes} bytes is larger than the protocol allows.',
  },
  'message-not-json': {
    acts: 'developer',
    status: 400,
    message: 'A message of {bytes} bytes is not JSON (or not gzip where its topic asks for it).',
  },
  'message-invalid': {
    acts: 'developer',
    status: 400,
    message: 'A message does not fit its schema at {field}: {fault}.',
  },
} as const satisfies ErrorTable;
