import type { LocalState } from './api.ts';

export type { Language } from './languages.ts';
export type GatewayView = LocalState['gateway'];

/** Whether what a device says of itself may soon be another thing. */
export function isSettling(gateway: GatewayView | undefined): boolean {
  return gateway?.state !== 'configured' || gateway.accepted !== true || gateway.code !== undefined;
}
