/** `npm start`: the demonstration evening. Nothing is loaded before the Node version is known. */
const LEAST_NODE = 24;

const [major] = process.versions.node.split('.');
if (Number(major) < LEAST_NODE) {
  process.stderr.write(
    `Gatehouse needs Node ${LEAST_NODE} or newer; this is ${process.versions.node}. ` +
      'Run `npm ci` and then `npm start`, which brings its own.\n',
  );
  process.exit(1);
}

const { runDemo } = await import('./supervisor.ts');
process.exit(await runDemo(process.argv.slice(2)));
