export { level } from '../../../kernels/assembly/level';
export { spots } from '../../qr/assembly/clusters';
export {
  ALL,
  FINDER,
  LEVEL,
  PICTURES,
  RAW,
  SOME,
  SPOTS,
  SUMS,
  TURNS,
  UPRIGHT,
  WARP,
} from '../../qr/assembly/desk';
export { modules } from '../../qr/assembly/modules';
export { fitIn, fitTo } from '../../qr/assembly/target';
export { shrink, transpose } from '../../qr/assembly/views';
export { fit, like } from './fit';
export { cross } from './lines';
export { shape } from './shape';
