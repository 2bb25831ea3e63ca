#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { Command } from 'commander';

// Types are stripped and code is compiled once, not at every start: a Pi starts in half the time.
enableCompileCache?.();

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const NODE_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR) {
  process.stderr.write(
    `Gatehouse needs Node ${NODE_MAJOR}; this is ${process.versions.node}. ` +
      'Run it with npx (or npm run), which brings its own.\n',
  );
  process.exit(1);
}

const port = (fallback: number) => [(text: string) => Number(text), fallback] as const;
const program = new Command('gatehouse')
  .description('An open entrance system: ticket codes in, guests through.')
  .version(version)
  .showHelpAfterError('(gatehouse --help tells what there is)');

program
  .command('cloud')
  .description('run the cloud: tickets, validator, broker, administration')
  .requiredOption('--data <folder>', 'where the cloud keeps everything')
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--http-port <port>', 'administration and API', ...port(8081))
  .option('--enrol-port <port>', 'where new gateways claim their entrance', ...port(8082))
  .option('--mqtt-port <port>', 'where gateways connect', ...port(8883))
  .option('--mqtt-public-url <url>', 'how gateways reach the broker, if not by host and port')
  .option('--enrol-public-url <url>', 'how new gateways reach the enrolment')
  .option('--shop-host <names...>', 'host names of shop and administration; others get nothing')
  .option('--portal-host <name>', 'host name of the ticket portal, which serves nothing else')
  .option('--trust-proxy <networks...>', 'proxies whose word for address, host and TLS counts')
  .option('--demonstration', 'test payments, and secure sales without SMS and portal host')
  .action(async (options) => {
    const { runCloud } = await import('@gatehouse/cloud');
    const { data: dataDir, ...rest } = options;
    await runCloud({ dataDir, ...rest });
  });

program
  .command('gateway')
  .description('run the gateway of one entrance')
  .requiredOption('--config <file>', 'JSON file that names data folder and devices')
  .action(async ({ config }) => {
    const { runGateway } = await import('@gatehouse/gateway');
    await runGateway(config);
  });

program
  .command('lock')
  .description('force every turnstile to its safe state, after a gateway that has ended')
  .requiredOption('--config <file>', 'JSON file that names data folder and devices')
  .action(async ({ config }) => {
    const { lockLanes } = await import('@gatehouse/gateway');
    const { lanes, locked } = await lockLanes(config);
    process.stdout.write(`${locked} of ${lanes} lanes locked\n`);
    if (locked < lanes) process.exitCode = 1;
  });

program
  .command('configure')
  .description('make this machine a gateway by a config code')
  .argument('<code>', 'picture or text of a config code; or the address of its typed twin')
  .argument('[typed]', 'ten letters and digits, with an address')
  .requiredOption('--config <file>', 'JSON file that names data folder and devices')
  .action(async (what, typed, { config }) => {
    const { configure } = await import('./configure.ts');
    await configure(what, typed, config);
  });

program
  .command('reset')
  .description('forget which entrance this machine is; what the cloud has not taken stays')
  .requiredOption('--config <file>', 'JSON file that names data folder and devices')
  .action(async ({ config }) => {
    const { reset } = await import('./configure.ts');
    await reset(config);
  });

program
  .command('pin')
  .description('set the PIN that opens the technician’s page of this gateway')
  .requiredOption('--config <file>', 'JSON file that names data folder and devices')
  .action(async ({ config }) => {
    const { setPin } = await import('./technician.ts');
    await setPin(config);
  });

program
  .command('doctor')
  .description('ask the gateway on this machine how it is, and what to do')
  .requiredOption('--config <file>', 'JSON file that names data folder and devices')
  .action(async ({ config }) => {
    const { tellDoctor } = await import('./technician.ts');
    if ((await tellDoctor(config)) > 0) process.exitCode = 1;
  });

program
  .command('decode')
  .description('read codes from pictures the way the gateway does')
  .argument('<files...>', 'pictures, or folders of them')
  .option('--json', 'one JSON line a picture: file, codes (text, symbology, stage, believed), ms')
  .action(async (files: string[], { json }) => {
    const { decodePictures } = await import('@gatehouse/gateway');
    const { inWords } = await import('./decoded.ts');
    const unread = await decodePictures(files, (picture) =>
      process.stdout.write(`${json ? JSON.stringify(picture) : inWords(picture)}\n`),
    );
    if (unread > 0) process.exitCode = 1;
  });

program
  .command('import')
  .description('bring tickets into a performance from a CSV or JSON-lines file')
  .argument('<file>', 'tickets: .csv, .jsonl or .ndjson')
  .requiredOption('--performance <id>', 'the performance that they are for')
  .option('--cloud <url>', 'address of the cloud', 'http://127.0.0.1:8081')
  .option('--token <token>', 'API token; else the environment variable GATEHOUSE_TOKEN')
  .action(async (file, { performance, cloud, token }) => {
    const { importTickets } = await import('./import.ts');
    const secret = token ?? process.env.GATEHOUSE_TOKEN;
    process.exitCode = await importTickets({ file, performance, cloud, token: secret });
  });

const machine = (command: Command) =>
  command
    .option('--home <folder>', 'where releases are', '/opt/gatehouse')
    .option('--config <file>', 'the gateway’s file', '/etc/gatehouse/gateway.json')
    .option('--key <file>', 'public key of releases', '/etc/gatehouse/release-key.pem');

machine(program.command('update'))
  .description('bring a signed release in, try it once, keep it or go back; never with open doors')
  .argument('<release>', 'folder or .tar.gz')
  .action(async (release: string, options) => {
    const { updateTo } = await import('./update.ts');
    process.stdout.write(`runs ${await updateTo(release, options)}\n`);
  });

machine(program.command('rollback'))
  .description('go back to the release that ran before')
  .action(async (options) => {
    const { backToPrevious } = await import('./update.ts');
    process.stdout.write(`runs ${await backToPrevious(options)}\n`);
  });

program
  .command('sign-release')
  .description('make a folder a release: list every file and sign the list')
  .argument('<folder>', 'a checkout with its node_modules')
  .requiredOption('--key <file>', 'private Ed25519 key, PEM')
  .action(async (folder: string, { key }) => {
    const { signFolder } = await import('./update.ts');
    process.stdout.write(`signed ${await signFolder(folder, key)}\n`);
  });

program
  .command('schema')
  .description('print the schema of every message as JSON Schema')
  .action(async () => {
    const { jsonSchemas } = await import('@gatehouse/protocol/schema');
    process.stdout.write(`${JSON.stringify(jsonSchemas(), null, 2)}\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  process.stderr.write(`gatehouse: ${code === undefined ? '' : `${code}: `}${message}\n`);
  process.exitCode = 1;
}
