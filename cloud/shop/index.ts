export { shopPages } from './shop-pages.ts';
