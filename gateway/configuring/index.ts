export { type Arming, createArming, createHeldButton } from './arming.ts';
export { createCommands } from './commands.ts';
export { hardwareFault } from './configuration.ts';
export { createEnrolled, type Enrolled, type EntranceHooks, IDLE } from './enrolled.ts';
export { configuringErrors } from './errors.ts';
export { createThermometer } from './temperature.ts';
export { createTypedCodes, type TypedCodes } from './typed-codes.ts';
export { createClaiming } from './unconfigured.ts';
