import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { decodePictures, hardwareModel, readConfig } from '@gatehouse/gateway';
import { CONFIG_PREFIX } from '@gatehouse/protocol';
import {
  claimEntrance,
  fingerprintWords,
  forgetEnrolment,
  joinWifi,
  type Offer,
  provisioningError,
  seeRoot,
  typedAddress,
} from '@gatehouse/provisioning';
import { asOwnerOf } from './own-data.ts';

/** Makes this machine a gateway by a picture, a text, or an address and its typed code. */
export async function configure(what: string, code: string | undefined, file: string) {
  const { data } = await readConfig(file);
  const person = whoeverIsThere();
  try {
    const configText = code === undefined ? await textOf(what) : await typed(what, code, person);
    const enrolment = await claimEntrance({
      ...{ configText, dataDir: data, joinWifi, software: 'gatehouse' },
      hardware: await hardwareModel(),
      clock: { now: () => Date.now(), trusted: false },
      async confirm({ tenantName, place }: Offer) {
        const isRight = await person.agrees(`${tenantName}: ${placeOf(place)}. Go on?`);
        // The Wi-Fi was joined with all rights; from here on things are written.
        await asOwnerOf(data);
        return isRight;
      },
    });
    process.stdout.write(`${enrolment.gateway}\n`);
  } finally {
    person.leave();
  }
}

/** Makes it a device like any other again; scans that the cloud has not taken stay. */
export async function reset(file: string) {
  const { data } = await readConfig(file);
  const person = whoeverIsThere();
  if (await person.agrees('Forget which entrance this is?')) {
    await asOwnerOf(data);
    await forgetEnrolment(data);
  }
  person.leave();
}

function placeOf(place: Offer['place']): string {
  return place ? `${place.name} (${place.entrance})` : 'an entrance that it does not name';
}

async function textOf(what: string): Promise<string> {
  if (!(await stat(what).catch(() => undefined))) return what;
  const texts: string[] = [];
  await decodePictures([what], ({ codes }) => void texts.push(...codes.map(({ text }) => text)));
  // A code that is half covered is no other thing's code: nobody can tell what it is.
  if (texts.length === 0) throw provisioningError('config-code-unseen');
  return texts.find((text) => text.startsWith(CONFIG_PREFIX)) ?? (texts[0] as string);
}

async function typed(address: string, code: string, person: Person) {
  const url = typedAddress(address);
  const pin = await seeRoot(url);
  const isSame = await person.agrees(`Does the sheet say ${fingerprintWords(pin)}?`);
  if (!isSame) throw new Error('This is not the server of the sheet; nothing was changed.');
  return { url, code, pin };
}

interface Person {
  agrees(question: string): Promise<boolean>;
  leave(): void;
}

/** One reader for all questions, or the first would swallow the answers to the others. */
function whoeverIsThere(): Person {
  const terminal = createInterface({ input: process.stdin });
  const lines = terminal[Symbol.asyncIterator]();
  return {
    async agrees(question) {
      process.stderr.write(`${question} (yes/no) `);
      const { value, done } = await lines.next();
      // Whoever has hung up has not agreed.
      return !done && /^y(es)?$/i.test(value.trim());
    },
    leave: () => terminal.close(),
  };
}
