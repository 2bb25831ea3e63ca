import type { DoorEvent } from '../door-state.ts';
import type { NewTicket } from '../tickets.ts';
import { ask } from './api.ts';
import { drawHeld, jpegOf } from './camera-picture.ts';
import { GUIDE_START, type GuideState, type Happening, type Held, nextGuide } from './guide.ts';
import { type Kept, openKept } from './kept.ts';
import { attempt, page } from './page.svelte.ts';
import { type Beacon, type Binding, phoneCode, phoneKeys, publicKeyText } from './phone.ts';
import { presenting } from './presenting.ts';
import { qrModules } from './qr.ts';
import { forEvening, type PhoneTicket, type Wallet, withUsed } from './wallet.ts';
import { placeOf } from './words.ts';

/** What belongs to this visitor alone. */
export const guest = $state({
  wallet: {} as Wallet,
  /** Digits on the phone now; empty while there are none. */
  code: '',
  /** Seconds that the phone's clock is fast (slow when negative). */
  clock: 0,
  noCrypto: false,
  guide: GUIDE_START as GuideState,
  /** Counts pictures given to the camera. */
  held: 0,
});

/** The picture that the camera sees; drawn by the page, shown small in the lane. */
export const cameraCanvas = document.createElement('canvas');

const TILT_DEGREES = 4;
/** The phone asks for a new beacon so long before the old one ends. */
const BEACON_AHEAD_MILLISECONDS = 20_000;
const BEACON_RETRY_MILLISECONDS = 5_000;

const presented = presenting(() => Date.now());
let kept: Kept | undefined;
let keys: CryptoKeyPair | undefined;
let beacon: Beacon | undefined;
let beaconAsked = 0;
let filling = false;

/** Phone time now, milliseconds since 1970. */
export const phoneNow = () => page.now + guest.clock * 1000;

/** Follows what the door does with this visitor's tickets. */
export function guestHears(event: DoorEvent): void {
  if (!filling && page.door.evening) {
    filling = true;
    void attempt(fill);
  }
  if (event.type === 'told') {
    for (const said of presented.heard(event.event, page.door.cable === 'cut')) happened(said);
  }
  const { cable, uplink, queue } = page.door;
  if (cable === 'plugged' && uplink === 'connected' && queue === 0) happened({ type: 'drained' });
}

function happened(said: Happening): void {
  const guide = nextGuide(guest.guide, said);
  if (guide !== guest.guide) guest.guide = guide;
  if (said.type === 'passed') setWallet(withUsed(guest.wallet, said.ticket));
}

export function restartGuide(): void {
  guest.guide = GUIDE_START;
}

/** Brings out the kept tickets, and gets those that are missing. */
async function fill(): Promise<void> {
  kept ??= await openKept(indexedDB);
  const { evening } = page.door;
  if (!evening) return;
  const old = (await kept.get<Wallet>('wallet')) ?? {};
  guest.wallet = forEvening(old, evening);
  await makeKeys();
  if (!guest.wallet.paper) await newPaper();
  if (!guest.wallet.phone && keys) await newPhone();
}

async function makeKeys(): Promise<void> {
  guest.noCrypto = !globalThis.isSecureContext || !crypto.subtle;
  if (!guest.noCrypto && kept) keys = await phoneKeys(crypto.subtle, kept);
}

function setWallet(wallet: Wallet): void {
  guest.wallet = wallet;
  void kept?.set('wallet', $state.snapshot(wallet));
}

export async function newPaper(): Promise<void> {
  const ticket = await ask<NewTicket>('POST', 'tickets', { kind: 'regular' });
  setWallet({ ...guest.wallet, paper: { ...ticket, used: false } });
}

export async function newPhone(): Promise<void> {
  if (!keys) return;
  const ticket = await ask<NewTicket>('POST', 'tickets', { kind: 'secure' });
  const publicKey = await publicKeyText(crypto.subtle, keys);
  const binding = await ask<Binding>('POST', `tickets/${ticket.id}/key`, { publicKey });
  setWallet({ ...guest.wallet, phone: { ...ticket, ...binding, used: false } });
}

/** Signs the code of this slot; called whenever slot, ticket or clock change. */
export async function signCode(ticket: PhoneTicket, at: number): Promise<void> {
  await freshBeacon();
  if (!keys || !beacon) return;
  const code = await phoneCode(crypto.subtle, keys.privateKey, ticket, beacon, at);
  if (guest.wallet.phone?.id === ticket.id) guest.code = code;
}

async function freshBeacon(): Promise<void> {
  const now = Date.now();
  if (beacon && now < beacon.until - BEACON_AHEAD_MILLISECONDS) return;
  if (now - beaconAsked < BEACON_RETRY_MILLISECONDS) return;
  beaconAsked = now;
  // without network the phone goes on with the beacon it has, as a real one does
  beacon = await ask<Beacon>('GET', 'beacon').catch(() => beacon);
}

export function takeScreenshot(): void {
  const { phone } = guest.wallet;
  if (!phone || !guest.code) return;
  const { id, title } = phone;
  const shot = { code: guest.code, ticket: id, title, place: placeOf(phone, page.language) };
  setWallet({ ...guest.wallet, screenshot: { ...shot, at: Date.now() } });
}

/** Holds one of the visitor's tickets to the gate's camera. */
export async function hold(what: Held): Promise<void> {
  const { phone, paper, screenshot } = guest.wallet;
  const ticket = what === 'paper' ? paper : what === 'phone' ? phone : undefined;
  const code =
    what === 'screenshot' ? screenshot?.code : what === 'paper' ? paper?.code : guest.code;
  const id = what === 'screenshot' ? screenshot?.ticket : ticket?.id;
  if (!code || !id) return;
  const title = ticket?.title ?? screenshot?.title ?? '';
  const place = ticket ? placeOf(ticket, page.language) : (screenshot?.place ?? '');
  const kind = what === 'paper' ? 'paper' : 'phone';
  drawHeld(cameraCanvas, { kind, modules: qrModules(code), title, place }, tilt());
  guest.held += 1;
  presented.present({ held: what, ticket: id });
  await ask('POST', 'camera', await jpegOf(cameraCanvas));
}

/** Nobody holds a ticket straight. */
function tilt(): number {
  const side = guest.held % 2 === 0 ? -1 : 1;
  return side * (TILT_DEGREES / 2 + (TILT_DEGREES / 2) * Math.random());
}
