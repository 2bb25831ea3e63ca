export { alertRoutes } from './alert-routes.ts';
export { type AlertWatch, createAlertWatch, type ToldAlert } from './alert-watch.ts';
export { FLEET_ALERTS, type FleetAlert } from './alerts.ts';
export type { ConfigCode, NewEntrance } from './config-codes.ts';
export { ACTIVE_MS, type Contacts, createContacts } from './contacts.ts';
export type { PageNameOf } from './enrol-desk.ts';
export { fleetErrors } from './errors.ts';
export {
  type BrokerTls,
  createFleet,
  type Fleet,
  type FleetOptions,
} from './fleet.ts';
export type { FleetGateway } from './fleet-gateway.ts';
export { addHallName } from './hall-names.ts';
export { createRemote, type Remote } from './remote.ts';
export { remoteRoutes } from './remote-routes.ts';
export { fleetRoutes } from './routes.ts';
export { clonedSince } from './store.ts';
