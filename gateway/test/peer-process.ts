import { readFileSync } from 'node:fs';
import { systemClock } from '../clock.ts';
import { createPeerWire } from '../peers/wire.ts';

/** A gateway's wire as a program: file with its papers, own id, the other's id. */
const [file = '', gateway = '', other = ''] = process.argv.slice(2);
const line = (fields: object, text: string) =>
  process.stderr.write(`${gateway} ${text} ${JSON.stringify(fields)}\n`);

const wire = createPeerWire({
  ...{ gateway, tenant: 'tenant', venue: 'venue', clock: systemClock, random: Math.random },
  ...JSON.parse(readFileSync(file, 'utf8')),
  time: { now: Date.now, quality: () => 'plausible' },
  config: { enabled: true, host: '0.0.0.0', port: 7_443, addresses: [], mdns: true },
  log: { info: line, warn: line, error: line },
});
wire.onChange((who, connected) => console.log(`${connected ? '+' : '-'}${who}`));
wire.admit([other]);
await wire.start();
process.stdin.resume().on('end', () => void wire.stop());
