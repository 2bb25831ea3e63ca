export { portalErrors } from './errors.ts';
export { createPortal, type Portal, type PortalParts } from './portal.ts';
export type { LoginCodes, PortalHouse, PortalLanguage, ReadPhone } from './ports.ts';
export { PORTAL_PATH, portalRoutes } from './routes.ts';
export type { PortalView, TicketState, TicketView } from './view.ts';
export {
  CODE_BEFORE_MINUTES,
  LIST_BEFORE_MINUTES,
  type PerformanceTimes,
  type PortalWindow,
  portalWindow,
} from './windows.ts';
