import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GatehouseError } from '@gatehouse/protocol';
import type { FastifyInstance } from 'fastify';
import { freshenPages } from '../scripts/pages.ts';
import { doorActions, thisEvening } from './actions.ts';
import { holdConfigCode, makeConfigCode } from './enrol.ts';
import { demoError } from './errors.ts';
import { furnish, type House, writeGatewayConfig } from './house.ts';
import { type DemoOptions, demoOptions } from './options.ts';
import { doorServer } from './server.ts';

/** How long any one step of the start may take. */
const STEP_MILLISECONDS = 180_000;
const LOOK_MILLISECONDS = 50;

/**
 * Runs the demonstration until a signal ends it.
 * @returns the exit code: 0 when ended by a signal, 1 when it could not start
 */
export async function runDemo(args: readonly string[]): Promise<number> {
  const ending = new AbortController();
  const end = () => ending.abort();
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  const opened: { stop(): Promise<unknown> }[] = [];
  try {
    await open(demoOptions(args), ending.signal, opened);
    await aborted(ending.signal);
    return 0;
  } catch (error) {
    if (ending.signal.aborted) return 0;
    if (!(error instanceof GatehouseError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  } finally {
    for (const part of opened.reverse()) await part.stop();
  }
}

async function open(
  options: DemoOptions,
  signal: AbortSignal,
  opened: { stop(): Promise<unknown> }[],
): Promise<void> {
  const data = resolve(options.data);
  const house = await furnish(data);
  opened.push(house);
  const server = await listeningServer(house, options);
  opened.push({ stop: () => server.close() });
  await freshenPages();
  signal.throwIfAborted();
  await bringUp(house, options, signal);
  process.stdout.write(`Gatehouse is ready: ${addressOf(server, options)}\n`);
}

async function listeningServer(house: House, options: DemoOptions): Promise<FastifyInstance> {
  // the page may not be built yet; its folder has to be there for the server
  const dist = fileURLToPath(new URL('web/dist/', import.meta.url));
  await mkdir(dist, { recursive: true });
  const server = await doorServer({
    board: house.board,
    actions: doorActions(house, options.language),
    cloud: `http://127.0.0.1:${house.ports.cloud}`,
    names: [options.host, hostname()],
  });
  const { port, host } = options;
  try {
    await server.listen({ port, host });
  } catch (cause) {
    const { code } = cause as { code?: string };
    await server.close();
    if (code === 'EADDRINUSE' || code === 'EACCES') {
      throw demoError('demo-port-taken', { port, host, other: otherPort(port) }, cause);
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw demoError('demo-host-unknown', { host }, cause);
    }
    throw cause;
  }
  return server;
}

/** Starts everything in the order in which it needs each other. */
async function bringUp(house: House, options: DemoOptions, signal: AbortSignal): Promise<void> {
  const { board, cloud, gateway, client, feed } = house;
  const state = () => board.state;
  const until = (waiting: string, done: () => boolean) => settled(house, signal, waiting, done);

  await house.cable.start();
  cloud.start();
  await until('the cloud does not start', () => state().processes.cloud.state === 'running');
  await thisEvening(house, options.language, Date.now());
  await writeGatewayConfig(house);
  gateway.start();
  feed.start();
  let heard = false;
  const unwatch = board.watch((event) => {
    heard ||= event.type === 'status';
  });
  await until('the gateway does not start', () => heard);
  unwatch();
  if (state().gateway.state !== 'configured') {
    const text = await makeConfigCode(client, options.language, Date.now());
    const deadline = Date.now() + STEP_MILLISECONDS;
    await holdConfigCode(house.entrance, text, state, () =>
      look(house, signal, 'the gateway does not read its config code', deadline),
    );
  }
  await until('the gateway does not reach the cloud', () => state().uplink === 'connected');
  await until('the lane does not open', () => state().lane?.state === 'idle');
}

async function settled(
  house: House,
  signal: AbortSignal,
  waiting: string,
  done: () => boolean,
): Promise<void> {
  const deadline = Date.now() + STEP_MILLISECONDS;
  while (!done()) await look(house, signal, waiting, deadline);
}

/** A moment's rest between two looks; throws when it took too long or all is to end. */
async function look(
  house: House,
  signal: AbortSignal,
  waiting: string,
  deadline: number,
): Promise<void> {
  signal.throwIfAborted();
  if (Date.now() > deadline) throw demoError('demo-not-ready', { waiting, logs: house.logs });
  await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
}

function addressOf(server: FastifyInstance, options: DemoOptions): string {
  const [first] = server.addresses();
  const port = typeof first === 'object' ? first.port : options.port;
  const anywhere = options.host === '0.0.0.0' || options.host === '::';
  const host = anywhere ? 'localhost' : options.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}

function otherPort(port: number): number {
  return port < 65_000 ? port + 1 : 8_080;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}
