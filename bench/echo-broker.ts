import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { Aedes } from 'aedes';

/**
 * The bare broker of the same wiring: TLS with client certificates, no-delay, an answer for each
 * message straight from the publish event, and no work. Prints its port.
 */
const [key, cert] = process.argv.slice(2).map((file) => readFileSync(file));
const aedes = await Aedes.createBroker();
aedes.on('publish', (packet, client) => {
  if (!client || !packet.topic.endsWith('/up')) return;
  const topic = packet.topic.replace(/\/up$/, '/down');
  const answer = { cmd: 'publish' as const, qos: 1 as const, retain: false, dup: false };
  client.publish({ ...answer, topic, payload: packet.payload }, () => undefined);
});
const options = { key, cert, noDelay: true, requestCert: true, rejectUnauthorized: false };
const server = createServer(options, aedes.handle);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`echo ready ${(server.address() as AddressInfo).port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
