import { createPrivateKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { join } from 'node:path';
import { benchFolder, fsyncTimes } from './disk.ts';
import { startEcho } from './echo.ts';
import { atMost, type Benchmark, percentile } from './figure.ts';
import { makeGuests } from './guests.ts';
import { openLane } from './lane.ts';
import { startCloud } from './venue.ts';

const SCANS = 200;
const MESSAGE_BYTES = 600;

/** Code to relay command for a secure ticket on the loopback, against its parts. */
export const scanSecure: Benchmark = {
  name: 'scan-secure',
  about: 'code to relay, secure ticket, against round trip + signature + two fsyncs',
  async run() {
    const folder = benchFolder();
    const cloud = await startCloud(folder.path);
    const dataDir = join(folder.path, 'gateway');
    const kept = await cloud.enrol(dataDir);
    const lane = await openLane(kept, dataDir);
    const guests = await makeGuests(cloud, SCANS);
    const echo = await startEcho(folder.path);
    const identity = { key: kept.privateKey, cert: kept.enrolment.certificate };
    const [bare] = await echo.clients(1, identity);
    const check = signatureCheck();
    await lane.until(({ uplink }) => uplink === 'connected');
    const times: number[] = [];
    const parts: number[] = [];
    for (const guest of guests) {
      const code = await guest.code();
      const began = performance.now();
      await bare?.ask(Buffer.alloc(MESSAGE_BYTES));
      check();
      fsyncTimes(folder.path, 2);
      parts.push(performance.now() - began);
      times.push(await lane.scan(code));
    }
    await lane.entrance.stop();
    await echo.stop();
    await cloud.stop();
    folder.remove();
    const value = percentile(times, 0.99);
    const limit = { name: 'its parts p99', value: percentile(parts, 0.99), unit: 'ms' };
    return [atMost(2, { name: 'code to relay, secure, p99', value, unit: 'ms', limit })];
  },
};

/** One P-256 check, as the validator does it. */
export function signatureCheck(): () => void {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const bytes = Buffer.alloc(100, 7);
  const signing: KeyObject = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const signature = sign('sha256', bytes, { key: signing, dsaEncoding: 'ieee-p1363' });
  return () => {
    const good = verify('sha256', bytes, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
    if (!good) throw new Error('a good signature was refused');
  };
}
