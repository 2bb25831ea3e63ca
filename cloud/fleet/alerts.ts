import type { Heartbeat, LensAlarm } from '@gatehouse/protocol';
import type { FleetGateway } from './fleet-gateway.ts';

/** A certificate renews itself a month before its end; when so little is left, that has failed. */
export const CERTIFICATE_LOW_MS = 20 * 86_400_000;
/** So much more of what was read than this share was no code, or took this long: look at it. */
export const PHANTOMS_MAX = 0.1;
export const READ_SLOW_MS = 1_000;
/** Fewer readings prove nothing. */
const READS_MIN = 50;
export const HOT_CELSIUS = 80;
/** Whoever renews the certificate of a gateway's pages has done so long before. */
export const PAGE_CERTIFICATE_LOW_MS = 14 * 86_400_000;

/** What people should look at, the most urgent first. */
export const FLEET_ALERTS = [
  'cloned',
  'waiting',
  'offline',
  'lane-fault',
  'disk-low',
  'certificate-low',
  'page-certificate',
  'clock-untrusted',
  'hot',
  'reading-bad',
  'lens-dirty',
  'lens-glare',
  'configuration-refused',
] as const;
export type FleetAlert = (typeof FLEET_ALERTS)[number];

/** Why a lane is closed that somebody has closed: that is no fault. */
const CLOSED_BY_PERSON = 'lane-closed-by-person';

/** What people should look at in one gateway, the most urgent first. */
export function alertsOf(
  gateway: Pick<FleetGateway, 'standing' | 'certificateEnds' | 'refused' | 'configuration'>,
  session: { readonly lastHeartbeat?: { readonly beat: Heartbeat } } | undefined,
  { now, isCloned }: { readonly now: number; readonly isCloned: boolean },
): FleetAlert[] {
  const { standing, certificateEnds, refused, configuration } = gateway;
  if (standing === 'revoked' || standing === 'reserved' || standing === 'lapsed') return [];
  const beat = session?.lastHeartbeat?.beat;
  const { health } = beat ?? {};
  const found: Record<FleetAlert, boolean> = {
    cloned: isCloned,
    waiting: standing === 'waiting',
    offline: session === undefined,
    'disk-low': beat?.disk?.low ?? false,
    'certificate-low': certificateEnds !== null && certificateEnds - now < CERTIFICATE_LOW_MS,
    'page-certificate': isEnding(health?.pages, now),
    'clock-untrusted': beat?.at.quality === 'untrusted',
    'reading-bad': isBad(health?.reading),
    'lens-dirty': hasAlarm(health?.reading, 'lens-dirty'),
    'lens-glare': hasAlarm(health?.reading, 'lens-glare'),
    hot: (health?.temperature ?? 0) >= HOT_CELSIUS,
    'configuration-refused': refused?.version === configuration.version,
    'lane-fault':
      beat?.lanes.some(({ fault = CLOSED_BY_PERSON }) => fault !== CLOSED_BY_PERSON) ?? false,
  };
  return FLEET_ALERTS.filter((alert) => found[alert]);
}

type Told = NonNullable<Heartbeat['health']>['reading'];

/** The gateway itself decides when an alarm is raised and when it is over. */
function hasAlarm(reading: Told, alarm: LensAlarm): boolean {
  return reading?.lanes?.some(({ alarms }) => alarms.includes(alarm)) ?? false;
}

function isBad(reading: Told): boolean {
  if (!reading || reading.reads < READS_MIN) return false;
  return reading.phantoms / reading.reads > PHANTOMS_MAX || (reading.took ?? 0) > READ_SLOW_MS;
}

function isEnding(pages: NonNullable<Heartbeat['health']>['pages'], now: number): boolean {
  return !!pages && (!pages.usable || pages.certificateEnds - now < PAGE_CERTIFICATE_LOW_MS);
}
