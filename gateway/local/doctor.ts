import type { Check } from './api.ts';
import { addresses } from './certificate.ts';
import type { Desk } from './desk.ts';
import { CERTIFICATE_LOW_MS } from './kept-certificate.ts';

/** A clock that is less sure than this may refuse secure tickets wrongly. */
const UNSURE_MAX_MS = 5_000;

/** Codes of a turnstile, of its wire and of the Pi's own pins. */
const OF_BOARD = /^(turnstile|wire|gpio)-/;

/** Looks at everything a gateway needs; codes stand in docs/handheld.md. */
export function doctor(desk: Pick<Desk, 'house' | 'certificate' | 'now'>): Check[] {
  const { house } = desk;
  const { lanes, uplink } = house.status();
  const checks: Check[] = [];
  for (const kind of ['camera', 'scanner'] as const) {
    const readers = house.readers().filter((one) => one.kind === kind);
    if (readers.length === 0) checks.push({ check: kind, state: 'absent', code: `${kind}-none` });
    for (const { lane, name: device, ok, code = `${kind}-silent`, figures } of readers) {
      const [alarm] = figures?.alarms ?? [];
      const state = !ok ? 'failed' : alarm ? 'warning' : 'ok';
      checks.push({ check: kind, lane, device, state, code: ok ? (alarm ?? `${kind}-ok`) : code });
    }
  }
  for (const { lane, fault = '' } of lanes) {
    const relay = fault === 'turnstile-relay-stuck';
    const board = !relay && OF_BOARD.test(fault);
    const of = (check: 'board' | 'relay', bad: boolean): Check => ({
      ...{ check, lane, state: bad ? 'failed' : 'ok', code: bad ? fault : `${check}-ok` },
    });
    checks.push(of('board', board), of('relay', relay));
  }
  const { quality = 'plausible', uncertainty } = house.entrance()?.time.stamp() ?? {};
  const isSure = quality === 'trusted' && (uncertainty ?? 0) <= UNSURE_MAX_MS;
  const isOnNetwork = addresses().some((address) => !/^(127\.|::1)/.test(address));
  checks.push(
    isOnNetwork
      ? { check: 'network', state: 'ok', code: 'network-ok' }
      : { check: 'network', state: 'failed', code: 'network-none' },
    {
      check: 'clock',
      state: isSure ? 'ok' : quality === 'untrusted' ? 'failed' : 'warning',
      code: isSure ? 'clock-ok' : `clock-${quality}`,
    },
    diskOf(house.status()),
    {
      check: 'cloud',
      state: uplink === 'connected' ? 'ok' : uplink === 'suspect' ? 'warning' : 'failed',
      code: uplink === 'connected' ? 'cloud-ok' : `cloud-${uplink}`,
    },
    certificateOf(desk),
  );
  return checks;
}

/** A journal that can't be written closes its lane, or lets it go on without. */
function diskOf({ lanes, disk }: ReturnType<Desk['house']['status']>): Check {
  const check = 'disk';
  const broken = lanes
    .flatMap(({ fault, unrecorded }) => [fault, unrecorded])
    .find((code) => code?.startsWith('journal-'));
  const details = disk && { details: { free: disk.free, journal: disk.journal } };
  if (broken !== undefined) return { check, state: 'failed', code: broken, ...details };
  if (disk?.low) return { check, state: 'warning', code: 'journal-disk-low', ...details };
  return { check, state: 'ok', code: 'disk-ok', ...details };
}

/** The certificate of these pages; one of its own is made anew in time. */
function certificateOf({ certificate, now }: Pick<Desk, 'certificate' | 'now'>): Check {
  const check = 'certificate';
  const view = certificate();
  if (!view) return { check, state: 'absent', code: 'certificate-none' };
  const { ends, fault } = view;
  const details = { ends, ...(fault === undefined ? {} : { fault }) };
  if (fault !== undefined)
    return { check, state: 'failed', code: 'web-certificate-unusable', details };
  const left = ends - now();
  if (left <= 0) return { check, state: 'failed', code: 'certificate-ended', details };
  if (left < CERTIFICATE_LOW_MS)
    return { check, state: 'warning', code: 'certificate-low', details };
  return { check, state: 'ok', code: 'certificate-ok', details };
}
