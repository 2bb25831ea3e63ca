import sharp from 'sharp';
import { encode } from 'uqr';
import { z } from 'zod';
import type { CloudClient } from './cloud-client.ts';
import type { DoorState } from './door-state.ts';
import type { Entrance } from './entrance.ts';

const HOUR = 3_600_000;
/** A config code is made for one start; it need not live longer. */
const CODE_HOURS = 1;
/** Longer than the next try, so that the code stays in front of the camera until it is read. */
const SHOWN_MILLISECONDS = 20_000;
const PIXELS_A_MODULE = 8;
const QUIET_MODULES = 4;

const configCode = z.object({ id: z.string(), text: z.string() });

/** Makes a config code for the demonstration's one entrance, as an administrator would. */
export async function makeConfigCode(
  cloud: CloudClient,
  language: 'nl' | 'en',
  now: number,
): Promise<string> {
  const dutch = language === 'nl';
  const { text } = await cloud.call('POST', '/api/v1/config-codes', configCode, {
    name: dutch ? 'Hoofdingang 1' : 'Main entrance 1',
    venue: 'Gatehouse Theatre',
    entrance: dutch ? 'Hoofdingang' : 'Main entrance',
    language,
    halls: [],
    lanes: [{ name: dutch ? 'Doorgang 1' : 'Lane 1', direction: 'entry', staffed: true }],
    uses: 1,
    // nobody compares keys in a demonstration
    waiveMinutes: CODE_HOURS * 60,
    expires: now + CODE_HOURS * HOUR,
  });
  return text;
}

/** A text as a QR on white, PNG: the sheet that a technician holds to the camera. */
export async function qrPicture(text: string): Promise<Buffer> {
  const { data, size } = encode(text, { ecc: 'M', boostEcc: false, border: QUIET_MODULES });
  const luma = Buffer.alloc(size * size);
  data.forEach((row, y) => {
    row.forEach((dark, x) => {
      luma[y * size + x] = dark ? 0 : 255;
    });
  });
  return sharp(luma, { raw: { width: size, height: size, channels: 1 } })
    .resize(size * PIXELS_A_MODULE, size * PIXELS_A_MODULE, { kernel: 'nearest' })
    .png()
    .toBuffer();
}

/** Holds a config code to the camera until the gateway says that it is configured. */
export async function holdConfigCode(
  entrance: Entrance,
  text: string,
  state: () => DoorState,
  wait: () => Promise<void>,
): Promise<void> {
  const picture = await qrPicture(text);
  let shownAt = 0;
  for (;;) {
    const { state: now } = state().gateway;
    // taken away once it is read: a configured gateway would take it for a ticket
    if (now !== 'unconfigured') entrance.takeAway();
    if (now === 'configured') return;
    if (now === 'unconfigured' && Date.now() - shownAt > SHOWN_MILLISECONDS / 2) {
      entrance.hold(picture, SHOWN_MILLISECONDS);
      shownAt = Date.now();
    }
    await wait();
  }
}
