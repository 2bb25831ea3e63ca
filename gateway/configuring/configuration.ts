import type { LaneHardware } from '@gatehouse/hardware';
import { EntranceConfiguration } from '@gatehouse/provisioning';
import { configuringError } from './errors.ts';

/**
 * Reads a configuration and checks it against what hangs at this device.
 * @param document JSON text
 * @throws `configuration-…`
 */
export function readConfiguration(
  document: string,
  version: number,
  lanes: readonly Pick<LaneHardware, 'turnstile' | 'camera'>[],
): EntranceConfiguration {
  const read = EntranceConfiguration.safeParse(jsonOf(document));
  if (!read.success) {
    const issue = read.error.issues[0];
    const field = issue?.path.join('.') || '(whole)';
    throw configuringError('configuration-invalid', { field, fault: issue?.message });
  }
  if (read.data.version !== version) {
    throw configuringError('configuration-invalid', { field: 'version', fault: 'not as told' });
  }
  if (read.data.lanes.length > lanes.length) {
    const devices = lanes.length;
    throw configuringError('configuration-lanes', { lanes: read.data.lanes.length, devices });
  }
  const other = hardwareFault(read.data, lanes);
  if (other) throw configuringError('configuration-hardware', other);
  return read.data;
}

/** What the configuration names and what the device's own file names instead. */
export function hardwareFault(
  { hardware }: Pick<EntranceConfiguration, 'hardware'>,
  lanes: readonly Pick<LaneHardware, 'turnstile' | 'camera'>[],
): { wanted: string; found: string } | undefined {
  for (const { turnstile, camera } of lanes) {
    const { profile = turnstile.kind } = hardware ?? {};
    // A simulated device speaks the protocol of a real one, whose driver is named.
    if (profile !== turnstile.kind && profile !== 'simulated') {
      return { wanted: profile, found: turnstile.kind };
    }
    const found = camera?.kind ?? 'none';
    const { camera: wanted = found } = hardware ?? {};
    if (wanted !== found) return { wanted, found };
  }
  return undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
