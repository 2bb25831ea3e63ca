export { level } from '../../../kernels/assembly/level';
export { spots } from './clusters';
export {
  ALL,
  FINDER,
  LEVEL,
  PICTURES,
  POSTS,
  RAW,
  SOME,
  SPOTS,
  SUMS,
  TURNS,
  UPRIGHT,
  WARP,
} from './desk';
export { begin, begun, clear, fit, warp } from './fit';
export { cross } from './lines';
export { modules } from './modules';
export { shape } from './shape';
export { fitIn, fitTo } from './target';
export { shrink, transpose } from './views';
