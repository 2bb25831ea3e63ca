import { X509Certificate } from 'node:crypto';
import type {
  Command,
  ConfigurationAnswer,
  ConfigurationDocument,
  GatehouseError,
} from '@gatehouse/protocol';
import {
  type ConfiguredDevice,
  type EnrolmentNotes,
  eraAt,
  giveUpPlace,
  keepEnrolment,
  keyMarkOf,
  renewalDue,
  renewCertificate,
} from '@gatehouse/provisioning';
import type { Clock, Timer, VenueTime } from '../clock.ts';
import type { GatewayConfig } from '../config.ts';
import type { Link } from '../link.ts';
import type { Log } from '../log.ts';
import type { Reading } from '../reading/index.ts';
import type { GatewayStatus, LaneView } from '../web/index.ts';
import { readConfiguration } from './configuration.ts';
import { createQuiet } from './quiet.ts';

/** Whether it is time for another certificate is looked at so often, */
export const RENEWAL_LOOK_MS = 3_600_000;
/** and a refused session asks why at most so often. */
export const ASK_WHY_MS = 30_000;
/** A new certificate that has not connected within this time gives way to the old one. */
export const TRY_NEXT_MS = 120_000;

/** The entrance, as far as whoever keeps it is concerned. */
export interface KeptEntrance {
  start(): Promise<void>;
  stop(): Promise<void>;
  read(device: number, reading: Reading): void;
  status(): Omit<GatewayStatus, 'gateway'>;
}

/** What an entrance tells whoever keeps it. */
export interface EntranceHooks {
  /** Before it starts: its way to the cloud, and the time. */
  linked(link: Link, time: Pick<VenueTime, 'now' | 'quality'>): void;
  /** The broker does not want this certificate. */
  refused(): void;
  commanded(command: Command): void;
}

export interface EnrolledParts {
  readonly device: ConfiguredDevice;
  readonly config: Pick<GatewayConfig, 'data' | 'lanes'>;
  readonly software: string;
  readonly clock: Clock;
  readonly log: Log;
  open(device: ConfiguredDevice, hooks: Pick<EntranceHooks, 'linked' | 'refused'>): KeptEntrance;
  /** It is no gateway any more, and why; called once, with nothing running. */
  onLost(code: string): void;
  /** Something that screens show has changed. */
  onChange(): void;
  readonly renew?: typeof renewCertificate;
}

/** A device that has been enrolled: keeps what it was given, and the entrance that runs on it. */
export interface Enrolled {
  start(): Promise<void>;
  stop(): Promise<void>;
  read(device: number, reading: Reading): void;
  status(): Omit<GatewayStatus, 'gateway'>;
  note(lane: Pick<LaneView, 'lane' | 'state'>): void;
  readonly device: ConfiguredDevice;
  /** Whether a person has compared its key; unknown before the cloud has said. */
  readonly accepted: boolean | undefined;
  /** Six characters of its key. */
  readonly keyMark: string;
  /** Why the cloud does not let it in, if it does not. */
  readonly refusedBecause: string | undefined;
}

export function createEnrolled(parts: EnrolledParts): Enrolled {
  const { config, clock, log } = parts;
  const { renew = renewCertificate } = parts;
  const quiet = createQuiet(clock);
  let { device } = parts;
  let entrance: KeptEntrance | undefined;
  let link: Link | undefined;
  let time: Pick<VenueTime, 'now' | 'quality'> | undefined;
  let accepted: boolean | undefined;
  let refusedBecause: string | undefined;
  let turnedDown: ConfigurationAnswer | undefined;
  let underWay: number | undefined;
  let holding = false;
  let stopped = false;
  let asked = Number.NEGATIVE_INFINITY;
  let renewalTimer: Timer;
  let tryTimer: Timer;
  let last: Promise<void> = Promise.resolve();

  /** One thing at a time; whatever fails is told and leaves the next its turn. */
  function later(what: string, work: () => Promise<void>): void {
    last = last.then(async () => {
      if (stopped) return;
      await work().catch((error: GatehouseError) => {
        log.error({ code: error.code, fault: error.message }, what);
      });
    });
  }

  async function keep(changes: Partial<ConfiguredDevice['enrolment']>, notes: EnrolmentNotes) {
    const enrolment = { ...device.enrolment, ...changes };
    const all = { ...device.notes, ...notes };
    await keepEnrolment(config.data, device.claim, enrolment, undefined, all);
    device = { ...device, enrolment, notes: all };
  }

  async function open(): Promise<void> {
    const { next } = device.notes;
    const enrolment = next ? { ...device.enrolment, ...next } : device.enrolment;
    const opened = parts.open({ ...device, enrolment }, { linked, refused });
    await opened.start();
    entrance = opened;
    clock.clearTimeout(tryTimer);
    if (next) tryTimer = clock.setTimeout(() => later('certificate', dropNext), TRY_NEXT_MS);
  }

  async function close(): Promise<void> {
    const before = entrance;
    entrance = undefined;
    link = undefined;
    await before?.stop();
  }

  async function reopen(): Promise<void> {
    await close();
    await open();
  }

  function linked(to: Link, its: typeof time): void {
    link = to;
    time = its;
    to.hear('config', (document) => configure(document));
    to.hear('heartbeat', (answer) => {
      if (to === link) arrived(answer.accepted !== false);
    });
  }

  /** The cloud has answered on this session. */
  function arrived(isAccepted: boolean): void {
    const isNews = accepted !== isAccepted || refusedBecause !== undefined;
    accepted = isAccepted;
    refusedBecause = undefined;
    if (isNews) parts.onChange();
    const { active, next } = device.notes;
    if (active === false || next) {
      clock.clearTimeout(tryTimer);
      later('first session', () => keep(next ?? {}, { active: true, next: undefined }));
    }
    renewIfDue();
  }

  function renewIfDue(): void {
    if (renewalTimer !== undefined || time?.quality() !== 'trusted') return;
    renewalTimer = clock.setTimeout(() => {
      renewalTimer = undefined;
    }, RENEWAL_LOOK_MS);
    if (time.now() >= renewalDue(device.enrolment.certificate)) later('renewal', renewNow);
  }

  async function renewNow(): Promise<void> {
    const era = time?.quality() === 'trusted' ? eraAt(time.now()) : undefined;
    const next = await renew(device, parts.software, era);
    if (next === undefined) return;
    await keep({}, { next });
    await untilQuiet(reopen);
    log.info({ ends: endOf(next.certificate) }, 'certificate renewed');
  }

  async function dropNext(): Promise<void> {
    if (!device.notes.next) return;
    await keep({}, { next: undefined });
    await untilQuiet(reopen);
  }

  /** A certificate may have ended; a place may have lapsed; a gateway may have been revoked. */
  function refused(): void {
    if (clock.mono() - asked < ASK_WHY_MS) return;
    asked = clock.mono();
    later('refused', async () => {
      if (device.notes.next) return dropNext();
      try {
        await renewNow();
      } catch (error) {
        const { code } = error as GatehouseError;
        if (code === 'reservation-lapsed') return lose(code);
        if (code === 'gateway-revoked' || code === 'gateway-not-enrolled') {
          refusedBecause = code;
          parts.onChange();
        }
        throw error;
      }
    });
  }

  async function lose(code: string): Promise<void> {
    clock.clearTimeout(renewalTimer);
    clock.clearTimeout(tryTimer);
    await close();
    await giveUpPlace(config.data);
    stopped = true;
    parts.onLost(code);
  }

  async function untilQuiet(work: () => Promise<void>): Promise<void> {
    try {
      await quiet.wait((on) => {
        holding = on;
      });
      await work();
    } finally {
      holding = false;
    }
  }

  function answer(said: ConfigurationAnswer): void {
    link?.send('config', said);
  }

  function configure({ version, document }: ConfigurationDocument): unknown {
    const now = device.enrolment.configuration;
    if (version === now.version) return answer({ version, state: 'applied' });
    if (version === turnedDown?.version) return answer(turnedDown);
    if (version === underWay) return answer({ version, state: 'waiting' });
    // A cloud that was restored from a backup may be behind; its next change is not.
    if (version < now.version) return undefined;
    try {
      const next = readConfiguration(document, version, config.lanes);
      underWay = version;
      answer({ version, state: 'waiting' });
      return later('configuration', () => apply(next));
    } catch (error) {
      return refuse(version, error as GatehouseError);
    }
  }

  async function apply(next: typeof parts.device.enrolment.configuration): Promise<void> {
    const before = device.enrolment.configuration;
    try {
      await keep({ configuration: next }, { before });
      await untilQuiet(reopen);
      await keep({}, { before: undefined });
      log.info({ version: next.version }, 'configuration applied');
      answer({ version: next.version, state: 'applied' });
    } catch (error) {
      await keep({ configuration: before }, { before: undefined });
      await reopen();
      refuse(next.version, error as GatehouseError);
    } finally {
      underWay = undefined;
      parts.onChange();
    }
  }

  function refuse(version: number, error: GatehouseError): void {
    const { code = 'configuration-failed', message } = error;
    log.error({ version, code, fault: message }, 'configuration refused');
    turnedDown = { version, state: 'refused', code, fault: message.slice(0, 500) };
    answer(turnedDown);
  }

  return {
    async start() {
      const { before } = device.notes;
      try {
        await open();
      } catch (error) {
        // Power was cut while a configuration was tried, and it does not start.
        if (before === undefined) throw error;
        const { version } = device.enrolment.configuration;
        await keep({ configuration: before }, { before: undefined });
        await open();
        refuse(version, error as GatehouseError);
      }
      if (before !== undefined) await keep({}, { before: undefined });
    },
    async stop() {
      stopped = true;
      clock.clearTimeout(renewalTimer);
      clock.clearTimeout(tryTimer);
      await last;
      await close();
    },
    read(number, reading) {
      if (!holding) entrance?.read(number, reading);
    },
    status: () => entrance?.status() ?? IDLE,
    note: quiet.note,
    get device() {
      return device;
    },
    get accepted() {
      return accepted;
    },
    get keyMark() {
      return keyMarkOf(device.privateKey);
    },
    get refusedBecause() {
      return refusedBecause;
    },
  };
}

/** What a gateway without an entrance shows. */
export const IDLE: Omit<GatewayStatus, 'gateway'> = {
  uplink: 'away',
  peers: { heard: [], missing: [] },
  lanes: [],
  tickets: { count: 0, cursor: null },
  queue: 0,
};

function endOf(certificate: string): number {
  return new X509Certificate(certificate).validToDate.getTime();
}
