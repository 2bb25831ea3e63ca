export { type Broker, type BrokerTls, createBroker } from './broker.ts';
export { createDesk } from './desk.ts';
export { admissionErrors } from './errors.ts';
export type { Scan } from './feed.ts';
export { admissionRoutes } from './routes.ts';
export { type Admissions, countAdmissions, listScans, type ScanFilter } from './scan-list-store.ts';
export type { AdmissionTransport, GatewaySession } from './transport.ts';
export type { LanePlace } from './validate.ts';
export { createValidator, type Validator } from './validator.ts';
