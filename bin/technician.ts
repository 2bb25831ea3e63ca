import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { askDoctor, doctorWords, readConfig, setDevicePin } from '@gatehouse/gateway';
import { asOwnerOf } from './own-data.ts';

const PIN = /^\d{6,12}$/;
const SIGNS = { ok: 'ok      ', warning: 'warning ', failed: 'FAILED  ', absent: 'none    ' };
const silent = { info() {}, warn() {}, error() {} };

/** Sets the PIN that opens the technician's page of a gateway. */
export async function setPin(file: string): Promise<void> {
  const { data } = await readConfig(file);
  const pin = await hidden('New PIN of 6 to 12 digits: ');
  if (!PIN.test(pin)) throw new Error('A PIN has 6 to 12 digits; nothing was changed.');
  await asOwnerOf(data);
  await setDevicePin(data, pin, silent);
  process.stdout.write('The PIN is set; a gateway that runs takes it at its next start.\n');
}

/** Says how the gateway on this machine is, in words; gives how many checks failed. */
export async function tellDoctor(file: string): Promise<number> {
  const config = await readConfig(file);
  const checks = await askDoctor(config, await hidden('PIN of the technician’s page: '));
  for (const check of checks) {
    const { what, todo } = doctorWords('en', check);
    const where = [check.lane, check.device].filter((one) => one !== undefined).join(' ');
    const words = [`${what}${where && ` (${where})`}`, todo].filter((one) => one !== '');
    process.stdout.write(
      `${SIGNS[check.state]}${check.check}: ${words.join('. ')} [${check.code}]\n`,
    );
  }
  return checks.filter(({ state }) => state === 'failed').length;
}

/** One line of standard input, which a terminal does not show. */
async function hidden(question: string): Promise<string> {
  process.stderr.write(question);
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY });
  try {
    for await (const line of terminal) return line.trim();
    return '';
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
