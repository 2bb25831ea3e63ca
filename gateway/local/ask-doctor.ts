import type { GatewayConfig } from '../config.ts';
import { type Check, DoctorReport } from './api.ts';
import { ask, ownGateway } from './ask-own.ts';

/**
 * Asks the gateway that runs on this machine how it is.
 * @param pin of its technician's page
 * @throws GatehouseError `identify-wrong` and what else the gateway answers; `gateway-not-running`
 */
export async function askDoctor(
  config: Pick<GatewayConfig, 'web' | 'data'>,
  pin: string,
): Promise<Check[]> {
  const own = await ownGateway(config);
  const { cookie } = await ask(own, 'POST', '/api/technician/enter', { pin });
  const { body } = await ask(own, 'GET', '/api/technician/doctor', undefined, cookie);
  return DoctorReport.parse(body).checks;
}
