import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import { type Elsewhen, type TestCloud, testCloud, until } from '../test/test-cloud.ts';
import { createUplink, type UplinkOptions } from './uplink.ts';

const DAY = 86_400_000;
/** Clouds as a gateway sees them whose clock is years ahead, and a year behind. */
const AHEAD: Elsewhen = { off: -1_000 * DAY };
const BEHIND: Elsewhen = { off: 365 * DAY, from: Date.now() + 300 * DAY };
const unsure = { now: () => Date.now(), quality: () => 'untrusted' as const };
const sureOf = (off: number) => ({
  now: () => Date.now() + off,
  quality: () => 'trusted' as const,
});

/** Whether an uplink comes to be, or why not. */
async function reached(cloud: TestCloud, changes: Partial<UplinkOptions> = {}): Promise<string> {
  let fault = '';
  const log = {
    info() {},
    warn() {},
    error: (said: object) => {
      fault ||= (said as { fault: string }).fault;
    },
  };
  const { enrolment, privateKey: key } = cloud;
  const uplink = createUplink({
    ...{ gateway: enrolment.gateway, url: cloud.url, certificate: enrolment.certificate, key },
    ...{ roots: enrolment.tlsRoots, clock: systemClock, random: Math.random, log, time: unsure },
    ...changes,
  });
  await uplink.start();
  await until('it is decided', () => uplink.connected || fault !== '');
  const said = uplink.connected ? 'connected' : fault;
  await uplink.stop();
  return said;
}

for (const [whose, elsewhen] of [
  ['years ahead', AHEAD],
  ['a year behind', BEHIND],
] as const) {
  test(`a gateway whose clock is ${whose} connects: dates are judged by the cloud’s clock`, async () => {
    const cloud = await testCloud([], elsewhen);
    assert.is(await reached(cloud), 'connected');
    assert.is(await reached(cloud, { time: sureOf(elsewhen.off) }), 'connected');
    // Were it the cloud that is wrong, its certificate would not be good now.
    const wrong = await reached(cloud, { time: sureOf(0) });
    assert.match(wrong, elsewhen.off < 0 ? 'CERT_HAS_EXPIRED' : 'CERT_NOT_YET_VALID');
    await cloud.stop();
  });
}

test('dates that nobody judges excuse neither another root nor another name', async () => {
  for (const elsewhen of [AHEAD, BEHIND]) {
    const [cloud, other] = await Promise.all([testCloud([], elsewhen), testCloud([], elsewhen)]);
    const roots = other.enrolment.tlsRoots;
    assert.match(await reached(cloud, { roots }), /CERT|SIGNATURE/);
    assert.match(await reached(cloud, { servername: 'elsewhere.test' }), 'ALTNAME');
    await Promise.all([cloud.stop(), other.stop()]);
  }
});

test('a certificate that had ended before ours was made is not taken, whatever the clock says', async () => {
  const [cloud, later] = await Promise.all([testCloud([], AHEAD), testCloud([])]);
  const { certificate } = later.enrolment;
  const said = await reached(cloud, { certificate, key: later.privateKey });
  assert.is(said, 'CERT_HAS_EXPIRED');
  await Promise.all([cloud.stop(), later.stop()]);
});

test.run();
