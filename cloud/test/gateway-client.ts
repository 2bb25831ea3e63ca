import { filterOf, type Message, type NameOf, parseTopic, topicOf } from '@gatehouse/protocol';
import { decode, encode } from '@gatehouse/protocol/payload';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { PATIENCE_MS } from '../../scripts/patience.ts';

type Heard = { [N in NameOf<'down'>]: { name: N; message: Message<'down', N> } }[NameOf<'down'>];

/** A gateway's side of the wire, by mqtt.js over TLS. */
export interface GatewayClient {
  readonly mqtt: MqttClient;
  readonly heard: Heard[];
  send<N extends NameOf<'up'>>(name: N, message: Message<'up', N>): void;
  /** The next message of this name that fits, now or later. */
  next<N extends NameOf<'down'>>(
    name: N,
    fits?: (message: Message<'down', N>) => boolean,
  ): Promise<Message<'down', N>>;
  /** Resolves when the connection is closed. */
  closed(): Promise<void>;
  end(): Promise<void>;
}

export async function connectGateway(
  port: number,
  gateway: string,
  device: { key: string; cert: string; ca: string },
  options: Partial<IClientOptions> = {},
): Promise<GatewayClient> {
  const client = mqtt.connect(`mqtts://127.0.0.1:${port}`, {
    ...device,
    clientId: gateway,
    keepalive: 30,
    reconnectPeriod: 0,
    servername: 'localhost',
    ...options,
  });
  await connected(client);
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  client.on('message', (topic, payload) => {
    const parsed = parseTopic(topic);
    if (parsed?.way !== 'down') return;
    heard.push({ name: parsed.name, message: decode('down', parsed.name, payload) } as Heard);
    wake();
  });
  client.on('error', () => client.end(true));
  const closed = new Promise<void>((resolve) => client.once('close', resolve));
  await client.subscribeAsync(filterOf(gateway, 'down'), { qos: 1 });
  return {
    mqtt: client,
    heard,
    send: (name, message) =>
      client.publish(topicOf(gateway, 'up', name), encode('up', name, message), { qos: 1 }),
    next: (name, fits = () => true) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no ${name} came`));
        }, PATIENCE_MS);
        const look = () => {
          const at = heard.findIndex((one) => one.name === name && fits(one.message as never));
          if (at < 0) return;
          clearTimeout(late);
          waiting.delete(look);
          resolve(heard.splice(at, 1)[0]?.message as never);
        };
        waiting.add(look);
        look();
      }),
    closed: () => closed,
    end: () => client.endAsync(true),
  };
}

/** Unlike `connectAsync` this also fails when the server closes without a word. */
function connected(client: MqttClient): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (fault?: Error) => {
      client.end(true);
      reject(fault ?? new Error('the broker closed the connection'));
    };
    client.once('connect', () => {
      client.off('error', fail).off('close', fail);
      resolve();
    });
    client.once('error', fail).once('close', fail);
  });
}
