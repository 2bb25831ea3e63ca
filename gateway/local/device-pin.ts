import type { Log } from '../log.ts';
import { createKeptFile } from './kept.ts';
import { createPins } from './pin.ts';

/**
 * Sets the PIN of the technician's page. A gateway that runs learns of it at its next start.
 * @param pin 6 to 12 digits
 * @throws `disk-failed`
 */
export async function setDevicePin(dataDir: string, pin: string, log: Log): Promise<void> {
  const kept = createKeptFile(dataDir, log);
  await kept.load();
  const hashed = await createPins().hash(pin);
  await kept.change((all) => ({ ...all, pin: hashed }));
}
