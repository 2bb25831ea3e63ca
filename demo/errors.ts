import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** What can go wrong with the demonstration, and who does something about it. */
export const demoErrors = {
  'demo-node-too-old': {
    acts: 'technician',
    message: 'Gatehouse needs Node 24 or newer; this is {version}. `npm start` brings its own.',
  },
  'demo-option-wrong': {
    acts: 'technician',
    message: '{fault}. Known: --port N, --host H, --data DIR, --language nl|en.',
  },
  'demo-port-taken': {
    acts: 'technician',
    message:
      'Port {port} on {host} is taken by another program. ' +
      'Choose another: npm start -- --port {other}',
  },
  'demo-host-unknown': {
    acts: 'technician',
    message: 'This machine has no address {host}. Leave --host out, or give one of its own.',
  },
  'demo-cable-taken': {
    acts: 'technician',
    message:
      'Port {port}, through which the gateway of {data} reaches its cloud, is taken. ' +
      'Is the demonstration running already? Else choose another folder with --data.',
  },
  'demo-not-ready': {
    acts: 'technician',
    message: 'Gatehouse did not come up: {waiting}. See {logs} for the reason.',
  },
  'demo-notes-broken': {
    acts: 'technician',
    message: '{file} cannot be read ({fault}). Put it right, or begin anew with another --data.',
  },
  'demo-cloud-refused': {
    acts: 'developer',
    status: 502,
    message: 'The cloud answered {status} to {what}: {fault}',
  },
  'demo-cloud-away': {
    acts: 'nobody',
    status: 503,
    message: 'The cloud does not answer at the moment.',
  },
  'demo-other-site': {
    acts: 'nobody',
    status: 403,
    message: 'This address answers only to its own door page.',
  },
  'demo-request-wrong': { acts: 'developer', status: 400, message: '{fault}' },
  'demo-camera-away': {
    acts: 'nobody',
    status: 409,
    message: 'No camera is looking: is the gateway running?',
  },
} as const satisfies ErrorTable;

export const demoError = errorsOf(demoErrors);
