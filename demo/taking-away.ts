import type { GatewayEvent } from '@gatehouse/gateway';

/**
 * A guest takes the ticket away when the lane has answered. Left in front of the camera it would
 * be read again as soon as somebody has passed.
 */
export function takingAway(takeAway: () => void): (event: GatewayEvent) => void {
  let last = '';
  return (event) => {
    if (event.type !== 'lane' || !event.verdict || event.state === 'deciding') return;
    const answer = `${event.scanId ?? ''} ${event.reads}`;
    if (answer === last) return;
    last = answer;
    takeAway();
  };
}
