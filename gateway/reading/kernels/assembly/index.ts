export { blocks, scores } from './blocks';
export { halve } from './halve';
export { sharpen, soften } from './tone';
export { warp } from './warp';
