import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of the gateway; docs/gateway.md lists the same codes. */
export const gatewayErrors = {
  'config-unreadable': {
    acts: 'technician',
    message: 'The configuration file {file} can’t be read: {fault}.',
  },
  'config-invalid': {
    acts: 'technician',
    message: 'The configuration file {file} has a wrong value at {field}: {fault}.',
  },
  'journal-unsafe': {
    acts: 'technician',
    message: 'The journal’s database does not keep {pragma} at {wanted} but at {found}.',
  },
  'journal-damaged': {
    acts: 'technician',
    message:
      'The journal was damaged and begun anew: {fault}. Rows may be missing; keep the old file.',
  },
  'journal-disk-full': {
    acts: 'technician',
    message: 'The journal can’t be written: the disk is full. The lane stays closed till it can.',
  },
  'journal-failed': {
    acts: 'technician',
    message: 'The journal can’t be written: {fault}. The lane stays closed till it can.',
  },
  'journal-slow': {
    acts: 'technician',
    message:
      'The journal took longer than {milliseconds} ms. The lane stays closed till it is back.',
  },
  'journal-queue-full': {
    acts: 'technician',
    message: 'More than {rows} rows wait for the disk.',
  },
  'turnstile-not-ready': {
    acts: 'technician',
    message: 'The turnstile has not answered yet.',
  },
  'turnstile-fault': {
    acts: 'technician',
    message: 'The turnstile does not answer or its relay is stuck: {fault}.',
  },
  'decoder-failed': {
    acts: 'developer',
    message: 'The decoder stopped: {fault}.',
  },
  'uplink-refused': {
    acts: 'administrator',
    message: 'The cloud refuses this gateway: {fault}.',
  },
  'cloud-rejected': {
    acts: 'developer',
    message: 'The cloud could not take a message on {topic}: {reason}.',
  },
  'tickets-unreadable': {
    acts: 'technician',
    message: 'The ticket store can’t be used: {fault}. It is made anew from the cloud.',
  },
  'not-configured': {
    acts: 'technician',
    message: 'This gateway is not configured yet: show it a config code.',
  },
  'web-port-taken': {
    acts: 'technician',
    message: 'The gateway’s page can’t be opened on port {port}: another program uses it.',
  },
} as const satisfies ErrorTable;

export type GatewayErrorCode = keyof typeof gatewayErrors;
export const gatewayError = errorsOf(gatewayErrors);
