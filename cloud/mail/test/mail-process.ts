import { randomUUID } from 'node:crypto';
import { systemClock } from '../../ports.ts';
import { openStore } from '../../store/index.ts';
import { createMail } from '../mail.ts';

/** A process that sends mail from a database, to be killed: `mail-process.ts FILE PORT [KEY...]`. */
const [path = '', port = '', ...keys] = process.argv.slice(2);
const clock = systemClock;
const store = await openStore(path, clock);
const quiet = { info() {}, warn() {}, error() {} };
const mail = createMail({
  ...{ store, clock, log: quiet, timeZone: 'Europe/Amsterdam', theatreName: randomUUID() },
});
await mail.configure({
  server: {
    ...{ host: '127.0.0.1', port: Number(port), tls: 'none', user: null },
    from: { name: 'De Kade', address: 'kassa@kade.example' },
    ...{ replyTo: null, caCertificate: null },
  },
  theater: { naam: 'De Kade', adres: '', telefoon: '', email: '', website: '' },
});
await mail.start();
for (const key of keys) {
  const to = `${key.replace(':', '-')}@example.org`;
  const data = { verzondenOp: clock.now() };
  await mail.queue({ to, template: 'test', language: 'nl', data, key });
}
