export { type ConflictDesk, createConflictDesk } from './desk.ts';
export { conflictErrors } from './errors.ts';
export { conflictRoutes } from './routes.ts';
