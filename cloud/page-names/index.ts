export { pageNameErrors } from './errors.ts';
export { createPageNames, type PageNames } from './page-names.ts';
export { pageNameRoutes } from './routes.ts';
