import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of mail and its templates; docs/mail.md lists the same codes. */
export const mailErrors = {
  'template-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no template {name}.',
  },
  'template-faulty': {
    acts: 'administrator',
    status: 422,
    message: 'The template cannot be used: {part}, line {line}, column {column}: {fault}',
  },
  'template-too-slow': {
    acts: 'administrator',
    status: 422,
    message: 'The template was stopped: it took longer than {milliseconds} ms.',
  },
  'template-too-much': {
    acts: 'administrator',
    status: 422,
    message: 'The template was stopped: it makes more text than a mail may have.',
  },
  'template-busy': {
    acts: 'nobody',
    status: 503,
    message: 'Too many templates are being filled in; try again shortly.',
  },
  'template-data-invalid': {
    acts: 'developer',
    status: 422,
    message: 'The data does not fit the template {name} at {field}: {fault}',
  },
  'template-order-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no order {order} to preview with.',
  },
  'mail-address-refused': {
    acts: 'guest',
    status: 422,
    message: 'This is not an e-mail address that mail can be sent to.',
  },
  'mail-outbox-full': {
    acts: 'administrator',
    status: 503,
    message: 'The outbox is full: {waiting} mails wait for the mail server.',
  },
  'mail-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no mail {id}.',
  },
  'mail-not-repeatable': {
    acts: 'administrator',
    status: 409,
    message: 'This mail cannot be sent again: it is on its way, was sent, or is no longer kept.',
  },
  'mail-not-configured': {
    acts: 'administrator',
    status: 409,
    message: 'No mail server is set; mails stay in the outbox.',
  },
  'mail-password-in-clear': {
    acts: 'administrator',
    status: 422,
    message: 'A password is not sent over a connection without TLS; choose starttls or tls.',
  },
  'mail-test-failed': {
    acts: 'administrator',
    status: 422,
    message: 'The test mail was not taken ({fault}): {answer}',
  },
  'mail-refused': {
    acts: 'staff',
    message: 'The mail server refused this mail for good.',
  },
  'mail-deferred': {
    acts: 'nobody',
    message: 'The mail server asks to try again later.',
  },
  'mail-server-unreachable': {
    acts: 'administrator',
    message: 'The mail server cannot be reached, or broke off.',
  },
  'mail-login-refused': {
    acts: 'administrator',
    message: 'The mail server refuses user or password.',
  },
  'mail-tls-failed': {
    acts: 'administrator',
    message: 'The connection to the mail server cannot be secured.',
  },
  'mail-sender-refused': {
    acts: 'administrator',
    message: 'The mail server takes no mail from us or from this sender.',
  },
  'mail-unsure': {
    acts: 'nobody',
    message: 'The mail was handed over, but no answer came; it is sent again.',
  },
  'mail-tries-used-up': {
    acts: 'staff',
    message: 'All tries failed; the last one says why.',
  },
  'mail-too-late': {
    acts: 'nobody',
    message: 'What the mail says was no longer true when it could have been sent.',
  },
  'mail-attachment-failed': {
    acts: 'administrator',
    message: 'An attachment could not be made.',
  },
  'mail-attachment-gone': {
    acts: 'staff',
    message: 'What should be attached no longer exists.',
  },
  'mail-attachments-too-large': {
    acts: 'administrator',
    message: 'The attachments together are larger than a mail may be.',
  },
  'mail-template-failed': {
    acts: 'administrator',
    message: 'Neither the own template nor the shipped one could be filled in.',
  },
} as const satisfies ErrorTable;

export type MailFault = keyof typeof mailErrors;

export const mailError = errorsOf(mailErrors);
