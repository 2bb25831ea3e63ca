import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { laneHardware } from '@gatehouse/hardware';
import { z } from 'zod';
import { gatewayError } from './errors.ts';
import { PEER_PORT, readAddress } from './peers/index.ts';
import { FRAME_FORMATS, ITF_LENGTH, STILL_FORMATS } from './reading/index.ts';

/** Addresses that nobody else can reach. */
const LOOPBACK = /^(127\..*|::1|localhost)$/;

/** The file a gateway is started with: what hangs at this Pi. All else comes from the cloud. */
export const GatewayConfig = z.strictObject({
  data: z.string().min(1).describe('folder for keys, journal and tickets, beside this file'),
  rtc: z
    .boolean()
    .default(true)
    .describe('false on a machine whose clock stops with its power, such as a Raspberry Pi 4'),
  web: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('address of the gateway’s own page'),
      port: z.number().int().min(0).max(65_535).default(7_080).describe('0 takes a free port'),
      https: z
        .boolean()
        .optional()
        .describe('whether it is HTTPS; if left out, anywhere but on loopback'),
      certificate: z.string().min(1).optional().describe('PEM file; its own authority without'),
      key: z.string().min(1).optional().describe('PEM file of its key'),
      publicName: z.string().max(200).optional().describe('name that handhelds reach it by'),
    })
    .refine(({ host, https }) => https !== false || LOOPBACK.test(host), {
      error: 'plain HTTP is for loopback only',
      path: ['https'],
    })
    .prefault({}),
  peers: z
    .strictObject({
      enabled: z.boolean().default(true).describe('false: no way to other gateways of the venue'),
      host: z.string().min(1).default('0.0.0.0').describe('address to listen at; :: for IPv6 too'),
      port: z.number().int().min(0).max(65_535).default(PEER_PORT).describe('0 takes a free port'),
      addresses: z
        .array(
          z
            .string()
            .max(300)
            .refine((text) => readAddress(text) !== undefined, {
              error: 'no address such as 10.0.0.5:7443, [fe80::1%eth0]:7443 or name.local:7443',
            }),
        )
        .max(64)
        .default([])
        .describe('where other gateways of the venue are, if they are not found by themselves'),
      mdns: z.boolean().default(true).describe('whether gateways find each other by themselves'),
    })
    .prefault({}),
  reading: z
    .strictObject({
      formats: z
        .array(z.enum(STILL_FORMATS))
        .min(1)
        .default([...FRAME_FORMATS])
        .describe('kinds of codes that the cameras look for'),
      itfLength: z
        .number()
        .int()
        .min(4)
        .max(80)
        .default(ITF_LENGTH)
        .describe('digits of an ITF code; others are parts of one'),
      shapes: z
        .array(
          z.strictObject({
            symbology: z.enum(STILL_FORMATS).optional().describe('any kind, if left out'),
            length: z.tuple([z.number().int().min(4), z.number().int().max(512)]),
            alphabet: z.enum(['digits', 'capitals', 'any']).default('any'),
            prefix: z.string().max(64).optional(),
          }),
        )
        .max(32)
        .default([])
        .describe('what tickets of other sellers look like: these count at the first reading'),
    })
    .prefault({}),
  configPicture: z
    .string()
    .min(1)
    .optional()
    .describe('picture of a config code to take while unconfigured, on the boot partition'),
  lanes: z
    .array(laneHardware)
    .min(1)
    .max(16)
    .describe('devices of each lane, in the order of the lanes in the configuration'),
});
export type GatewayConfig = z.infer<typeof GatewayConfig>;

/**
 * Reads and checks the file.
 * @throws GatehouseError `config-unreadable` or `config-invalid`, naming field and fault
 */
export async function readConfig(file: string): Promise<GatewayConfig> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw gatewayError('config-unreadable', { file, fault: (cause as Error).message }, cause);
  }
  const result = GatewayConfig.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0];
    const field = issue?.path.join('.') || '(whole)';
    throw gatewayError('config-invalid', { file, field, fault: issue?.message });
  }
  return { ...result.data, data: resolve(dirname(file), result.data.data) };
}
