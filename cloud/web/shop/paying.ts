import { api } from './api.ts';
import { ROOT } from './paths.ts';
import { go } from './shop.svelte.ts';
import { kept } from './visit.ts';

const TEST = `${ROOT}test-payment/`;

/** Sends the guest to where they pay; they come back to the order. */
export async function pay(order: string): Promise<void> {
  const { checkout } = await api.pay(order);
  kept.setPaying(order);
  const { pathname } = new URL(checkout);
  // The test payment is a page of our own, by whichever name of this machine it is reached.
  if (pathname.startsWith(TEST)) return go(pathname);
  location.assign(checkout);
}
