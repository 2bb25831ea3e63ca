import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { decodePictures, readConfig } from '@gatehouse/gateway';
import { CONFIG_PREFIX } from '@gatehouse/protocol';
import {
  claimEntrance,
  fingerprintWords,
  forgetEnrolment,
  joinWifi,
  type Offer,
  seeRoot,
} from '@gatehouse/provisioning';

/** Makes this machine a gateway by a picture, a text, or an address and its typed code. */
export async function configure(what: string, code: string | undefined, file: string) {
  const { data } = await readConfig(file);
  const configText = code === undefined ? await textOf(what) : await typed(what, code);
  const enrolment = await claimEntrance({
    ...{ configText, dataDir: data, joinWifi, hardware: process.arch, software: 'gatehouse' },
    clock: { now: () => Date.now(), trusted: false },
    confirm: ({ tenantName, place }: Offer) =>
      agreed(`${tenantName}: ${place?.name ?? '?'} (${place?.entrance ?? '?'}). Go on?`),
  });
  process.stdout.write(`${enrolment.gateway}\n`);
}

/** Makes it a device like any other again; scans that the cloud has not taken stay. */
export async function reset(file: string) {
  const { data } = await readConfig(file);
  if (await agreed('Forget which entrance this is?')) await forgetEnrolment(data);
}

async function textOf(what: string): Promise<string> {
  if (!(await stat(what).catch(() => undefined))) return what;
  const texts: string[] = [];
  await decodePictures([what], ({ codes }) => void texts.push(...codes.map(({ text }) => text)));
  return texts.find((text) => text.startsWith(CONFIG_PREFIX)) ?? '';
}

async function typed(url: string, code: string) {
  const pin = await seeRoot(url);
  const isSame = await agreed(`Does the sheet say ${fingerprintWords(pin)}?`);
  if (!isSame) throw new Error('This is not the server of the sheet; nothing was changed.');
  return { url: new URL(url).origin, code, pin };
}

async function agreed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} (yes/no) `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
