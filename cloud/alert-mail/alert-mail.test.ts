import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FleetAlert, ToldAlert } from '../fleet/index.ts';
import { startSmtp } from '../mail/test/fake-smtp.ts';
import { openMailHouse } from '../mail/test/mail-house.ts';
import { type AlertMail, createAlertMail, LOOK_EVERY_MS } from './alert-mail.ts';
import { MAILS_AN_HOUR_MAX } from './api.ts';
import { type AlertMailSettingsData, NO_ALERT_MAIL } from './settings.ts';

const MINUTE_MS = 60_000;
const smtp = await startSmtp({});
const house = await openMailHouse();
const { mail, store, clock } = house;
const from = { name: 'De Kade', address: 'kassa@kade.example' };
await mail.configure({
  server: {
    ...{ host: '127.0.0.1', port: smtp.port, tls: 'none', user: null, from },
    ...{ replyTo: null, caCertificate: null },
  },
  theater: { naam: 'De Kade', adres: '', telefoon: '', email: '', website: '' },
});
test.after(async () => {
  await house.close();
  await smtp.stop();
});

const LIST: AlertMailSettingsData = {
  ...NO_ALERT_MAIL,
  to: [
    { address: 'techniek@kade.example', language: 'nl' },
    { address: 'lead@kade.example', language: 'en' },
  ],
};

let running: AlertMail | undefined;

/** A fleet whose alerts the test says, and the mails that came of them. */
async function evening(settings: Partial<AlertMailSettingsData> = {}) {
  await store.db.deleteFrom('alerts_mailed').execute();
  await store.db.deleteFrom('alert_mail_settings').execute();
  smtp.received.length = 0;
  let standing: ToldAlert[] = [];
  let idle = false;
  const open = () =>
    createAlertMail({
      ...{ store, mail, alerts: () => standing },
      clock: {
        ...clock,
        setTimeout(run, ms) {
          idle = true;
          return clock.setTimeout(() => {
            idle = false;
            run();
          }, ms);
        },
      },
      log: { info() {}, warn() {}, error: (fields) => assert.unreachable(JSON.stringify(fields)) },
      pageUrl: () => 'https://kade.example/admin/#/fleet',
    });
  await running?.stop();
  let alertMail: AlertMail = open();
  running = alertMail;
  await alertMail.configure({ ...LIST, ...settings });
  await alertMail.start();
  return {
    configure(next: Partial<AlertMailSettingsData>) {
      idle = false;
      return alertMail.configure({ ...LIST, ...next });
    },
    alert(alert: FleetAlert, gateway = 'gw-1') {
      const name = gateway === 'gw-1' ? 'Main <door>' : `Door ${gateway}`;
      standing = [...standing, { gateway, name, venue: 'Kade', alert, since: clock.now() }];
    },
    over(alert: FleetAlert, gateway = 'gw-1') {
      standing = standing.filter((one) => one.alert !== alert || one.gateway !== gateway);
    },
    async restart() {
      await alertMail.stop();
      idle = false;
      // Whatever stands was seen by the new one a moment ago.
      standing = standing.map((one) => ({ ...one, since: clock.now() }));
      alertMail = open();
      running = alertMail;
      await alertMail.start();
    },
    /** Minutes pass, look by look; then subjects of what has come. */
    async minutes(count: number, mails: number): Promise<string[]> {
      const step = Math.max(LOOK_EVERY_MS, (count * MINUTE_MS) / 24);
      for (let passed = 0; passed < count * MINUTE_MS; passed += step) {
        clock.advance(step);
        while (!idle) await new Promise((done) => setImmediate(done));
      }
      for (let round = 0; smtp.received.length < mails && round < 10_000; round += 1) {
        await new Promise((done) => setTimeout(done, 2));
        clock.advance(0);
      }
      assert.is(smtp.received.length, mails);
      return smtp.received.map(({ to, source }) => `${to.split('@')[0]} ${subjectOf(source)}`);
    },
    end: () => alertMail.stop(),
  };
}

function subjectOf(source: string): string {
  const [, subject = ''] = /^Subject: ((?:.|\r\n )*)\r\n(?! )/m.exec(source) ?? [];
  return subject.replaceAll('\r\n', '');
}

function textOf(place: number): string {
  const { source } = smtp.received[place] ?? { source: '' };
  return source.replaceAll('=\r\n', '').replaceAll('=20', ' ');
}

test('an alert that stands is mailed once, to each in their language, and once more when it is over', async () => {
  const { alert, over, minutes, end } = await evening();
  alert('offline');
  await minutes(1, 0);
  assert.equal((await minutes(2, 2)).sort(), [
    'lead Main <door>: Has no connection with the cloud.',
    'techniek Main <door>: Heeft geen verbinding met de cloud.',
  ]);
  assert.match(textOf(0) + textOf(1), 'Main &lt;door&gt;');
  assert.match(textOf(0) + textOf(1), 'https://kade.example/admin/#/fleet');
  await minutes(300, 2);
  over('offline');
  await minutes(1, 2);
  assert.equal((await minutes(2, 4)).slice(2).sort(), [
    'lead Over: Main <door>: Has no connection with the cloud.',
    'techniek Opgelost: Main <door>: Heeft geen verbinding met de cloud.',
  ]);
  await minutes(300, 4);
  await end();
});

test('what comes and goes within the wait is not mailed, and what came together is one mail', async () => {
  const { alert, over, minutes, end } = await evening({ to: LIST.to.slice(1) });
  alert('offline');
  await minutes(1, 0);
  over('offline');
  await minutes(10, 0);
  alert('disk-low', 'gw-2');
  alert('hot', 'gw-3');
  assert.equal(await minutes(5, 1), ['lead Door gw-2: Its disk fills up. and 1 more']);
  assert.match(textOf(0), 'Is too hot.');
  await end();
});

test('an alert that comes back is quiet until the quiet time has passed, and is then mailed if it stands', async () => {
  const { alert, over, minutes, end } = await evening({ to: LIST.to.slice(1), resolved: false });
  for (let round = 0; round < 5; round += 1) {
    alert('offline');
    await minutes(5, 1);
    over('offline');
    await minutes(5, 1);
  }
  alert('offline');
  await minutes(8, 1);
  await minutes(8, 2);
  await end();
});

test('a copied card waits for nothing; a kind that nobody asked for is not mailed', async () => {
  const { alert, minutes, end } = await evening({
    ...{ to: LIST.to.slice(1), kinds: ['cloned', 'offline'] },
  });
  alert('hot');
  alert('cloned');
  assert.match((await minutes(0.2, 1))[0] ?? '', 'Two machines run as this gateway');
  await minutes(30, 1);
  await end();
});

test('no more mails go in an hour than the limit; the next one has all that was held back', async () => {
  const { alert, minutes, end } = await evening({ to: LIST.to.slice(1) });
  for (let n = 1; n <= MAILS_AN_HOUR_MAX + 3; n += 1) {
    alert('hot', `gw-${n + 1}`);
    await minutes(3, Math.min(n, MAILS_AN_HOUR_MAX));
  }
  const mails = await minutes(50, MAILS_AN_HOUR_MAX + 1);
  assert.match(mails.at(-1) ?? '', 'Door gw-8: Is too hot. and 2 more');
  await end();
});

test('a restart mails nothing again, and still says what is over', async () => {
  const { alert, over, minutes, restart, end } = await evening({ to: LIST.to.slice(1) });
  alert('disk-low');
  await minutes(3, 1);
  await restart();
  await minutes(60, 1);
  over('disk-low');
  alert('offline');
  const away = await minutes(5, 2);
  assert.match(away[1] ?? '', 'Has no connection');
  await minutes(60, 2);
  over('offline');
  assert.match((await minutes(5, 3))[2] ?? '', 'Over: Main');
  assert.match(textOf(2), 'Its disk fills up.');
  await end();
});

test('a kind that a later release knows no more is left out, and the others are mailed', async () => {
  const { alert, minutes, end } = await evening({ to: LIST.to.slice(1) });
  const kept = JSON.stringify({ ...LIST, to: LIST.to.slice(1), kinds: ['bygone', 'hot'] });
  await store.db.updateTable('alert_mail_settings').set({ settings: kept }).execute();
  alert('disk-low');
  alert('hot');
  assert.equal(await minutes(5, 1), ['lead Main <door>: Is too hot.']);
  await end();
});

test('an empty list gets nothing, and whoever comes onto it hears of all that stands', async () => {
  const { alert, minutes, configure, end } = await evening({ to: LIST.to.slice(1) });
  alert('hot');
  await minutes(3, 1);
  await configure({ to: [] });
  alert('disk-low');
  await minutes(10, 1);
  await configure({ to: LIST.to.slice(0, 1) });
  assert.equal((await minutes(1, 2))[1], 'techniek Main <door>: Is te heet. en 1 meer');
  await end();
});

test.run();
