import { z } from 'zod';

/** As much of the gateway's `GET /status` as an update asks for. */
export const RunningStatus = z.object({
  gateway: z.object({ state: z.string() }),
  uplink: z.string(),
  lanes: z.array(z.object({ lane: z.string(), state: z.string(), fault: z.string().optional() })),
  disk: z.object({ low: z.boolean() }).optional(),
  doorsOpenUntil: z.number().optional(),
});
export type RunningStatus = z.infer<typeof RunningStatus>;

/** Why nobody should restart the gateway now; undefined when all is quiet. */
export function doorsOpen(status: RunningStatus | undefined): string | undefined {
  if (!status) return undefined;
  const busy = status.lanes.find(({ state }) => /^(granted|deciding|emergency)$/.test(state));
  if (busy) return `lane ${busy.lane} is ${busy.state}`;
  if (status.doorsOpenUntil === undefined) return undefined;
  return `until ${new Date(status.doorsOpenUntil).toISOString()}`;
}

/**
 * The health checks that pass, by name. A gateway that does not answer passes none; one whose network
 * was down before the update is not asked for its network after it.
 */
export function passing(status: RunningStatus | undefined): Set<string> {
  const names = new Set<string>();
  if (!status) return names;
  names.add('answers');
  if (status.gateway.state === 'configured') names.add('configured');
  if (status.uplink === 'connected') names.add('cloud');
  if (status.disk?.low === false) names.add('disk');
  for (const { lane, fault } of status.lanes) {
    names.add(`lane ${lane}`);
    if (fault === undefined) names.add(`lane ${lane} in order`);
  }
  return names;
}
