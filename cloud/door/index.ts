export { doorErrors } from './errors.ts';
export { createDoorPeople, handheldsOf } from './gateways.ts';
export { type DoorStaffList, openDoorStaffList } from './people.ts';
export { doorRoutes } from './routes.ts';
