import type { Figure } from '../figure.ts';
import { isOurs, type Measured } from './measure.ts';
import type { Report } from './report.ts';
import { recall } from './score.ts';

/** Points that the first pass is to be ahead of zxing with everything on. */
const POINTS_AHEAD = 6;
const FIRST = 'gatehouse first pass';
const ALL = 'gatehouse all stages';
const TICKET = 'zxing-wasm ticket';
const LIGHT = 'zxing-wasm ticket-light';

/** What was measured beside what it is to reach; only what the report has both sides of. */
export function figuresOf(report: Report): Figure[] {
  return [
    ...sceneFigures(report),
    ...pdf417Figures(report),
    ...secureFigures(report),
    ...burstFigures(report),
    ...idleFigures(report),
    ...falseFigures(report),
    ...photoFigures(report),
  ];
}

function named<T extends { readonly name: string }>(
  part: { readonly readers: readonly T[] } | undefined,
  name: string,
): T | undefined {
  return part?.readers.find((one) => one.name === name);
}

/** The peer that read most, all of them together left out. */
function bestPeer(part: { readonly readers: readonly Measured[] } | undefined) {
  return part?.readers
    .filter(({ name }) => !isOurs(name) && !name.startsWith('union'))
    .sort((a, b) => recall(b.code) - recall(a.code))[0];
}

function sceneFigures({ scenes }: Report): Figure[] {
  const figures: Figure[] = [];
  const [first, all] = [named(scenes, FIRST), named(scenes, ALL)];
  const [ticket, light] = [named(scenes, TICKET), named(scenes, LIGHT)];
  const union = scenes?.readers.find(({ name }) => name.startsWith('union'));
  if (first && ticket) {
    const [own, theirs] = [recall(first.code), recall(ticket.code)];
    figures.push({
      name: 'codes read on single frames, first pass',
      value: own,
      unit: '%',
      limit: { name: TICKET, value: theirs, unit: '%' },
      ratio: own / theirs,
      target: `${POINTS_AHEAD} points more`,
      holds: own >= theirs + POINTS_AHEAD,
    });
  }
  if (first && light)
    figures.push(below('its time a frame', meanOf(first), meanOf(light), LIGHT, 0.8));
  if (all) {
    const peer = union ?? bestPeer(scenes);
    if (peer) figures.push(percent('codes read on single frames, all stages', all, peer, 78));
  }
  return figures;
}

function meanOf({ code, empty }: Measured): number {
  const frames = code.scenes + empty.scenes;
  return (code.ms.mean * code.scenes + empty.ms.mean * empty.scenes) / Math.max(1, frames);
}

function below(name: string, value: number, limit: number, of: string, times: number): Figure {
  const ratio = value / limit;
  const beside = { name: of, value: limit, unit: 'ms' };
  const target = `≤ ${times} ×`;
  return { name, value, unit: 'ms', limit: beside, ratio, target, holds: ratio <= times };
}

function percent(name: string, own: Measured, peer: Measured, target: number): Figure {
  const value = recall(own.code);
  const limit = { name: peer.name, value: recall(peer.code), unit: '%' };
  const ratio = value / limit.value;
  return { name, value, unit: '%', limit, ratio, target: `≥ ${target} %`, holds: value >= target };
}

function pdf417Figures({ pdf417 }: Report): Figure[] {
  const [all, peer] = [named(pdf417, ALL), bestPeer(pdf417)];
  return all && peer ? [percent('PDF417 read on single frames', all, peer, 65)] : [];
}

/** Which of the two sizes of our own code reads better: that one is to be drawn. */
function secureFigures({ secure4L, secure5M }: Report): Figure[] {
  const [small, large] = [named(secure4L, ALL), named(secure5M, ALL)];
  if (!small || !large) return [];
  const [value, other] = [recall(large.code), recall(small.code)];
  return [
    {
      name: 'secure codes read, version 5-M',
      value,
      unit: '%',
      limit: { name: 'version 4-L', value: other, unit: '%' },
      ratio: value / other,
      target: 'the better one is drawn, 5-M',
      holds: value >= other,
    },
  ];
}

function burstFigures({ bursts }: Report): Figure[] {
  const [own, peer] = [named(bursts, ALL), named(bursts, TICKET)];
  if (!own || !peer) return [];
  const by = (frame: number, target: number): Figure => {
    const [value, theirs] = [own.readBy[frame - 1] ?? 0, peer.readBy[frame - 1] ?? 0];
    return {
      name: `bursts read by frame ${frame}`,
      value,
      unit: '%',
      limit: { name: TICKET, value: theirs, unit: '%' },
      ratio: value / theirs,
      target: `≥ ${target} %`,
      holds: value >= target,
    };
  };
  const target = '≤ 12 ms';
  const limit = { name: TICKET, value: peer.ms, unit: 'ms' };
  const ratio = own.ms / peer.ms;
  const time = { name: 'a frame of a burst', value: own.ms, unit: 'ms', limit, ratio, target };
  return [by(2, 72), by(8, 80), { ...time, holds: own.ms <= 12 }];
}

function idleFigures({ idle }: Report): Figure[] {
  const [own, light] = [named(idle, ALL), named(idle, LIGHT)];
  if (!own || !light) return [];
  const figure = (name: string, value: number, theirs: number, target: number): Figure => ({
    name,
    value,
    unit: 'ms',
    limit: { name: LIGHT, value: theirs, unit: 'ms' },
    ratio: value / theirs,
    target: `≤ ${target} ms`,
    holds: value <= target,
  });
  return [
    figure('a frame that stands still', own.still.median, light.still.median, 0.1),
    figure('a new frame without a code', own.changing.mean, light.changing.mean, 2),
  ];
}

function falseFigures({ nothing }: Report): Figure[] {
  return (nothing?.readers ?? [])
    .filter(({ name }) => isOurs(name))
    .map(({ name, wrong, pictures }) => ({
      name: `false reads, ${name.replace('gatehouse ', '')}`,
      value: wrong,
      unit: 'reads',
      limit: { name: 'pictures without a code', value: pictures, unit: '' },
      ratio: wrong / pictures,
      target: '0',
      holds: wrong === 0,
    }));
}

function photoFigures({ photos }: Report): Figure[] {
  const [own, peer] = [named(photos, ALL), named(photos, TICKET)];
  return Object.entries(own?.groups ?? {}).flatMap(([group, { read, photos: count }]) => {
    const theirs = peer?.groups[group]?.read;
    if (theirs === undefined || group.endsWith(' none')) return [];
    const limit = { name: `${TICKET} of ${count}`, value: theirs, unit: 'photos' };
    const ratio = theirs === 0 ? 1 : read / theirs;
    const figure = { name: `photos, ${group}`, value: read, unit: 'photos', limit, ratio };
    return [{ ...figure, target: 'not below', holds: read >= theirs }];
  });
}
