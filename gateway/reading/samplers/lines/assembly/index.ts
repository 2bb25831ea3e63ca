export { meet } from './band';
export { fit } from './fit';
export { halve, rays } from './picture';
export { tensor } from './tensor';
