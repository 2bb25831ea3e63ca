/** A device without lanes: `DIR claim CODE`, `DIR renew` or `DIR reset`; says what became of it. */
import {
  claimEntrance,
  forgetEnrolment,
  keepEnrolment,
  loadEnrolment,
  renewCertificate,
} from '@gatehouse/provisioning';

const [dataDir = '', what, configText = ''] = process.argv.slice(2);

/** As a gateway does it: the new certificate stands beside the old one until it has connected. */
async function renew(): Promise<void> {
  const device = await loadEnrolment(dataDir);
  if (device.state !== 'configured') throw new Error('no device');
  const { claim, enrolment, notes } = device;
  const next = await renewCertificate(device, 'test');
  if (next === undefined) throw new Error('no server to renew at');
  await keepEnrolment(dataDir, claim, enrolment, undefined, { ...notes, next });
  const given = { ...enrolment, ...next };
  await keepEnrolment(dataDir, claim, given, undefined, { ...notes, next: undefined });
}

try {
  if (what === 'renew') await renew();
  else if (what === 'reset') await forgetEnrolment(dataDir);
  else {
    await claimEntrance({
      ...{ configText, dataDir, hardware: 'test', software: '0.1.0' },
      clock: { now: () => Date.now(), trusted: false },
    });
  }
} catch (error) {
  process.stdout.write(`${(error as { code?: string }).code}\n`);
  process.exitCode = 1;
}
