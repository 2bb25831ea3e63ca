import { pageOf } from './pages.ts';

/** The page that the address names. */
export const route = $state(pageOf(location.hash));
addEventListener('hashchange', () => Object.assign(route, pageOf(location.hash)));
