import { randomBytes } from 'node:crypto';
import {
  type Credentials,
  makeAuthority,
  makeCertificateRequest,
  makeDeviceCertificate,
  makePrivateKey,
  makeServerCertificate,
  readCertificateRequest,
} from '@gatehouse/provisioning/authority';

const SERIAL_BYTES = 16;

/** A certificate authority of a test with what a broker needs of it. */
export interface TestAuthority {
  readonly tls: { readonly key: string; readonly cert: string; readonly ca: string };
  /** Certificate and key of a gateway with this name. */
  device(gateway: string): Promise<{ key: string; cert: string; ca: string }>;
}

export async function testAuthority(): Promise<TestAuthority> {
  const now = Date.now();
  const serial = () => randomBytes(SERIAL_BYTES);
  const root: Credentials = await makeAuthority({ name: 'test root', now, serial: serial() });
  const hosts = ['localhost', '127.0.0.1'];
  const server = await makeServerCertificate({ authority: root, hosts, now, serial: serial() });
  return {
    tls: { key: server.privateKey, cert: server.chain, ca: root.certificate },
    async device(gateway) {
      const key = await makePrivateKey();
      const request = await readCertificateRequest(await makeCertificateRequest(key));
      const made = await makeDeviceCertificate({
        authority: root,
        request,
        gateway,
        now,
        serial: serial(),
      });
      return { key, cert: made.chain, ca: root.certificate };
    },
  };
}
