export { blocks, scores } from './blocks';
export { grid, moves } from './grid';
export { halve } from './halve';
export { level } from './level';
export { open } from './open';
export { calm, patches, quiet } from './patches';
export { sharpen, soften } from './tone';
export { warp } from './warp';
