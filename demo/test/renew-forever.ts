/** A device that renews its certificate again and again until its power goes: `DIR`. */
import { keepEnrolment, loadEnrolment, renewCertificate } from '@gatehouse/provisioning';

const [dataDir = ''] = process.argv.slice(2);
for (;;) {
  const device = await loadEnrolment(dataDir);
  if (device.state !== 'configured') throw new Error('no device');
  const { claim, enrolment, notes } = device;
  const next = await renewCertificate(device, 'test');
  if (next === undefined) throw new Error('no server to renew at');
  await keepEnrolment(dataDir, claim, enrolment, undefined, { ...notes, next });
  const given = { ...enrolment, ...next };
  await keepEnrolment(dataDir, claim, given, undefined, { ...notes, next: undefined });
  process.stdout.write('renewed\n');
}
