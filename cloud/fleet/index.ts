export type { ConfigCode, NewEntrance } from './config-codes.ts';
export { fleetErrors } from './errors.ts';
export {
  type BrokerTls,
  createFleet,
  type Fleet,
  type FleetGateway,
  type FleetOptions,
} from './fleet.ts';
export { fleetRoutes } from './routes.ts';
