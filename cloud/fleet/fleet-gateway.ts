import { type EntranceConfiguration, keyMark } from '@gatehouse/provisioning';
import { hasPlace } from './enrol-store.ts';
import type { GatewayTable } from './store.ts';

/**
 * `reserved` has claimed and not connected, `lapsed` did not connect in time, `waiting` needs its
 * key accepted.
 */
export type GatewayStanding = 'reserved' | 'lapsed' | 'waiting' | 'active' | 'revoked';

export interface FleetGateway {
  readonly id: string;
  readonly name: string;
  readonly venue: string;
  readonly entrance: string;
  readonly halls: EntranceConfiguration['halls'];
  readonly lanes: EntranceConfiguration['lanes'];
  readonly configuration: EntranceConfiguration;
  /** Version that it runs; 0 where it has said nothing. */
  readonly applied: number;
  readonly refused: {
    readonly version: number;
    readonly code: string;
    readonly fault: string;
  } | null;
  readonly hardware: string;
  readonly software: string;
  readonly configCode: string;
  readonly standing: GatewayStanding;
  /** Six characters of its key, to be compared with those on its screen. */
  readonly keyMark: string;
  readonly certificateEnds: number | null;
  readonly created: number;
  /** Milliseconds since 1970: when it first connected, and when its key was accepted. */
  readonly activated: number | null;
  readonly accepted: number | null;
  readonly acceptedBy: string | null;
  readonly revoked: number | null;
}

export function gatewayOf(row: GatewayTable, now: number): FleetGateway {
  const configuration = JSON.parse(row.configuration) as EntranceConfiguration;
  const { refused, refused_code: code, refused_fault: fault } = row;
  return {
    ...{ id: row.id, name: row.name, venue: row.venue, entrance: row.entrance },
    ...{ halls: configuration.halls, lanes: configuration.lanes, configuration },
    applied: row.applied,
    refused: refused === null ? null : { version: refused, code: code ?? '', fault: fault ?? '' },
    ...{ hardware: row.hardware, software: row.software, configCode: row.config_code },
    standing: standingOf(row, now),
    keyMark: keyMark(row.public_key),
    certificateEnds: row.certificate_ends ?? row.next_ends,
    created: row.created,
    activated: row.activated,
    accepted: row.accepted,
    acceptedBy: row.accepted_by,
    revoked: row.revoked,
  };
}

function standingOf(row: GatewayTable, now: number): GatewayStanding {
  if (row.revoked !== null) return 'revoked';
  if (row.activated === null) return hasPlace(row, now) ? 'reserved' : 'lapsed';
  return row.accepted === null ? 'waiting' : 'active';
}
