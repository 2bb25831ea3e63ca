export type { ConfigCode, NewEntrance } from './config-codes.ts';
export { ACTIVE_MS, type Contacts, createContacts } from './contacts.ts';
export { fleetErrors } from './errors.ts';
export {
  type BrokerTls,
  createFleet,
  type Fleet,
  type FleetGateway,
  type FleetOptions,
} from './fleet.ts';
export { fleetRoutes } from './routes.ts';
