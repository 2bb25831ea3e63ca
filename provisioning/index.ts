export * from './config-code.ts';
export * from './durable-file.ts';
export * from './enrol-link.ts';
export * from './enrolment.ts';
export * from './errors.ts';
export * from './kept-enrolment.ts';
export * from './messages.ts';
export * from './typed-code.ts';
