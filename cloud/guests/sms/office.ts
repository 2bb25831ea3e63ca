import type { Also } from '../../change-log.ts';
import type { Clock, Random } from '../../ports.ts';
import { createCm } from './cm.ts';
import { smsError } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { createMessagebird } from './messagebird.ts';
import { outbox } from './outbox.ts';
import type { SmsProvider } from './provider.ts';
import { sameText } from './same.ts';
import {
  changeSettings,
  firstSettings,
  type RealProvider,
  type SettingsChange,
  StoredSettings,
} from './settings.ts';
import type { SettingsStore } from './settings-store.ts';
import { type SettingsView, viewOf } from './settings-view.ts';
import { createVonage } from './vonage.ts';

/** Holds the settings in force and makes the provider that they mean. */
export function createOffice(parts: {
  settings: SettingsStore;
  tenant: string;
  clock: Clock;
  random: Random;
  exchange: Exchange;
  localProviders?: boolean;
}) {
  const { settings: store, tenant, clock, exchange } = parts;
  const plain = parts.localProviders ?? false;
  let now: StoredSettings | undefined;

  function current(): StoredSettings {
    if (!now) throw new Error('SMS was used before it was started');
    return now;
  }

  const shown = (settings: StoredSettings) =>
    viewOf(settings, hadMessagebird(settings), clock.now());
  const view = () => shown(current());

  async function keep(next: StoredSettings, also?: Also<SettingsView>): Promise<void> {
    await store.write(tenant, 'provider', next, () => also?.(view(), shown(next)));
    now = next;
  }

  return {
    current,
    view,
    async start() {
      const stored = store.read(tenant, 'provider');
      if (stored === undefined) {
        now = firstSettings(parts.random);
        await keep(now);
      } else now = StoredSettings.parse(stored);
    },
    async change(change: SettingsChange, also?: Also<SettingsView>) {
      const chosen = change.provider === 'messagebird' || change.messagebird !== undefined;
      if (chosen && !hadMessagebird(current())) throw smsError('sms-messagebird-ended');
      await keep(changeSettings(current(), change, plain), also);
      return view();
    },
    async bringMessagebird(
      fields: NonNullable<SettingsChange['messagebird']>,
      also?: Also<SettingsView>,
    ) {
      await keep(changeSettings(current(), { messagebird: fields }, plain), also);
      return view();
    },
    /** Unless the settings were changed while the test was under way. */
    async markTested(tried: StoredSettings) {
      if (tried === current()) await keep({ ...tried, tested: clock.now() });
    },
    status() {
      const { enabled, provider, tested } = current();
      const nothingIsSent = !enabled || provider === 'outbox';
      return { enabled, provider, nothingIsSent, tested, ready: !nothingIsSent && tested !== null };
    },
    provider: (settings: StoredSettings): SmsProvider => providerOf(settings, exchange, clock),
    /** Whose reports come under this path; late ones of a provider before still do. */
    providerOfKey(key: string): RealProvider | undefined {
      const keys = Object.entries(current().reportKeys) as [RealProvider, string][];
      return keys.find(([, own]) => sameText(own, key))?.[0];
    },
  };
}

/** Its classic interface ends: only who had it goes on with it. */
function hadMessagebird({ messagebird }: StoredSettings): boolean {
  return messagebird.accessKey !== '';
}

function providerOf(settings: StoredSettings, exchange: Exchange, clock: Clock): SmsProvider {
  const { provider } = settings;
  if (provider === 'cm') return createCm(settings.cm, exchange);
  if (provider === 'vonage') return createVonage(settings.vonage, exchange, clock);
  if (provider === 'messagebird') return createMessagebird(settings.messagebird, exchange);
  return outbox;
}
