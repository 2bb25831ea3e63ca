export { blocks, scores } from './blocks';
export { halve } from './halve';
export { open } from './open';
export { sharpen, soften } from './tone';
export { warp } from './warp';
