import type { Gateway } from '../api.ts';
import { hardwareOf, type LaneForm } from './config-form.ts';

const MIB = 1024 * 1024;

/** What becomes of the newest configuration: the gateway runs it, refused it, or has yet to say. */
export function configurationState({ configuration, applied, refused }: Gateway) {
  const { version } = configuration;
  if (applied === version) return 'running' as const;
  return refused?.version === version ? ('refused' as const) : ('pushed' as const);
}

/** Whether a test may be offered: somebody stands at the device, and nobody can walk through. */
export function mayTest(gateway: Gateway, lane: Gateway['lanes'][number]): boolean {
  return gateway.online && gateway.health?.armed === true && lane.state === 'closed';
}

export function mebibytes(bytes: number): string {
  const mib = bytes / MIB;
  return mib >= 1024 ? `${(mib / 1024).toFixed(1)} GiB` : `${Math.floor(mib)} MiB`;
}

/** A configuration as it is edited. */
export interface EditForm {
  /** The version that the change is made from. */
  readonly version: number;
  name: string;
  entrance: string;
  language: string;
  halls: string[];
  lanes: (LaneForm & { readonly lane: string })[];
  withoutJournal: 'close' | 'open';
  profile: string;
  camera: string;
}

export function editFormOf({ configuration }: Gateway): EditForm {
  const { version, name, entrance, language, halls, lanes, withoutJournal } = configuration;
  const { profile = '', camera = '' } = configuration.hardware ?? {};
  return {
    ...{ version, name, entrance, language, halls: [...halls], profile, camera },
    lanes: lanes.map((lane) => ({ ...lane })),
    withoutJournal: withoutJournal ?? 'close',
  };
}

/** The body of a changed configuration. */
export function changeOf(form: EditForm) {
  const { version, name, entrance, language, lanes, withoutJournal } = form;
  return {
    ...{ version, name, entrance, language, halls: [...form.halls] },
    lanes: lanes.map((lane) => ({ ...lane })),
    ...hardwareOf(form),
    ...(withoutJournal === 'open' ? { withoutJournal } : {}),
  };
}
