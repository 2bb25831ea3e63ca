import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { launchBrowser } from '../../scripts/browser.ts';
import { readVectors } from '../vectors/read.ts';
import { fromHex, toHex } from './bytes.ts';
import { ROTATING_KEY, signedBytes, signRotating, verifyRotating } from './rotating.ts';
import { parseSecure } from './secure.ts';

/** What a page finds: the room's own code. */
type CodesPage = typeof globalThis & { readonly codes: typeof import('./index.ts') };
interface Said {
  readonly tenant: string;
  readonly handle: string;
  readonly generation: number;
  readonly slot: number;
  readonly beacon: string;
}
interface Vectors {
  readonly rotating: { statement: Said; beaconIndex: number };
}
const { statement: said, beaconIndex } = readVectors<Vectors>('codes.json').rotating;
const statement = { ...said, handle: fromHex(said.handle)!, beacon: fromHex(said.beacon)! };
const { subtle } = globalThis.crypto;

const HTML = `<!doctype html><script type="module">
  globalThis.codes = await import('/index.ts');
  document.title = 'ready';
</script>`;

/** Serves the page and this folder's modules, their types stripped as Node does it. */
const server = createServer(async (request, response) => {
  const name = /^\/([a-z]+\.ts)$/.exec(request.url ?? '')?.[1];
  response.setHeader('content-type', name ? 'text/javascript' : 'text/html');
  if (!name) return response.end(HTML);
  const source = await readFile(new URL(name, import.meta.url), 'utf8');
  response.end(stripTypeScriptTypes(source));
});

const launched = await launchBrowser();
const browserTest = launched.browser ? test : test.skip;
if (!launched.browser) console.log(`SKIPPED signatures in a browser: ${launched.reason}`);
const because = launched.reason ? ` (${launched.reason})` : '';

async function newPage() {
  const page = await launched.browser!.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => document.title === 'ready');
  return page;
}

browserTest(
  `a code that a browser signs verifies in Node, over the same bytes${because}`,
  async () => {
    const page = await newPage();
    const signed = await page.evaluate(
      async ([input, index]) => {
        const { codes } = globalThis as CodesPage;
        const { subtle } = crypto;
        const pair = await subtle.generateKey(codes.ROTATING_KEY, false, ['sign', 'verify']);
        const handle = codes.fromHex(input.handle)!;
        const beacon = codes.fromHex(input.beacon)!;
        const statement = { ...input, handle, beacon };
        return {
          bytes: codes.toHex(codes.signedBytes(statement)),
          text: await codes.signRotating(subtle, pair.privateKey, statement, index),
          key: await subtle.exportKey('jwk', pair.publicKey),
          extractable: pair.privateKey.extractable,
        };
      },
      [said, beaconIndex] as const,
    );
    const key = await subtle.importKey('jwk', signed.key, ROTATING_KEY, false, ['verify']);
    assert.is(signed.bytes, toHex(signedBytes(statement)));
    assert.is(signed.extractable, false);
    assert.ok(await verifyRotating(subtle, key, statement, parseSecure(signed.text)!.signature));
    await page.close();
  },
);

browserTest(`a code that Node signs verifies in a browser${because}`, async () => {
  const pair = await subtle.generateKey(ROTATING_KEY, false, ['sign', 'verify']);
  const text = await signRotating(subtle, pair.privateKey, statement, beaconIndex);
  const jwk = await subtle.exportKey('jwk', pair.publicKey);
  const page = await newPage();
  const verified = await page.evaluate(
    async ([input, text, jwk]) => {
      const { codes } = globalThis as CodesPage;
      const { subtle } = crypto;
      const key = await subtle.importKey('jwk', jwk, codes.ROTATING_KEY, false, ['verify']);
      const handle = codes.fromHex(input.handle)!;
      const beacon = codes.fromHex(input.beacon)!;
      const { signature } = codes.parseSecure(text)!;
      const verify = (slot: number) =>
        codes.verifyRotating(subtle, key, { ...input, handle, beacon, slot }, signature);
      return [await verify(input.slot), await verify(input.slot + 1)];
    },
    [said, text, jwk] as const,
  );
  assert.equal(verified, [true, false]);
  await page.close();
});

test.before(() => new Promise<void>((done) => void server.listen(0, 'localhost', () => done())));
test.after(async () => {
  await launched.browser?.close();
  server.close();
});

test.run();
