import { z } from 'zod';

/** Characters of a configuration at most; one of 32 lanes and 100 halls has a tenth of it. */
export const CONFIGURATION_CHARACTERS_MAX = 100_000;
/** A command is good for so long; what comes later is not done any more. */
export const COMMAND_GOOD_MS = 10_000;

const id = z.string().min(1).max(64);
const count = z.number().int().min(0);
const version = z.number().int().min(1);

/** What an entrance is and does from now on; a gateway that runs this version says so. */
export const ConfigurationDocument = z.object({
  version,
  document: z
    .string()
    .max(CONFIGURATION_CHARACTERS_MAX)
    .describe('JSON text of the configuration of docs/provisioning.md'),
});
/** What has become of a version. */
export const ConfigurationAnswer = z.object({
  version,
  state: z.enum(['applied', 'waiting', 'refused']).describe('waiting: a guest is in a lane'),
  code: z.string().max(64).optional().describe('why it was refused'),
  fault: z.string().max(500).optional(),
});

export const COMMANDS = ['open', 'close', 'test-pulse', 'restart'] as const;
/** Something to be done once, within seconds, by a gateway or one of its lanes. */
export const Command = z.object({
  id: z.uuid(),
  do: z.enum(COMMANDS),
  lane: id.optional().describe('left out for all lanes, and to restart'),
  by: z.string().max(200).describe('who gave it, for the journal'),
  expires: z.number().int().min(0).describe('cloud time after which it is not done any more'),
});
export const CommandAnswer = z.object({
  id: z.uuid(),
  done: z.boolean(),
  code: z.string().max(64).optional().describe('why it was not done'),
});

/** Handhelds that a beat names. */
export const HANDHELDS_TOLD_MAX = 64;
/** One handheld that is paired with the gateway. */
export const HandheldBeat = z.object({
  handheld: id,
  name: z.string().max(60),
  confirmed: z.boolean(),
  seen: count.max(8_640_000_000_000_000).optional(),
});

/** What the frames of a lane's cameras say of their lens. */
export const LENS_ALARMS = ['lens-dirty', 'lens-glare'] as const;
export type LensAlarm = (typeof LENS_ALARMS)[number];
/** Lanes whose reading a beat tells, and treatments of a picture that it names. */
export const LANES_READING_MAX = 32;
const STAGES_TOLD_MAX = 24;
const part = z.number().min(0).max(1).nullable();
const figure = z.number().min(0).max(1_000_000).nullable();

/** How well one lane reads. Medians are of its last 50 guests; null before the first. */
export const LaneReading = z.object({
  lane: id,
  reads: count.describe('codes read since it started'),
  phantoms: count.describe('reads of no known kind'),
  unread: count.describe('something was held there for a while and left unread'),
  first: figure.describe('ms from a box appearing to its read'),
  tries: figure.describe('stages tried until then'),
  contrast: part.describe('between the dark and the light of what was read'),
  modulePx: figure.describe('pixels of one module or thinnest bar'),
  blurPx: figure.describe('pixels of an edge'),
  clipped: part.describe('share of what was read that is clipped to white'),
  stages: z
    .record(z.string().max(32), count)
    .refine((stages) => Object.keys(stages).length <= STAGES_TOLD_MAX)
    .describe('first reads of guests by the stage that read'),
  alarms: z.array(z.enum(LENS_ALARMS)).max(LENS_ALARMS.length),
});
export type LaneReading = z.infer<typeof LaneReading>;

/** How a gateway is, beside what its lanes say. */
export const GatewayHealth = z.object({
  configuration: count.describe('version that it runs'),
  certificateEnds: count.optional().describe('milliseconds since 1970'),
  temperature: z.number().optional().describe('of its processor, °C'),
  armed: z.boolean().optional().describe('a technician stands by: tests of relays are allowed'),
  reading: z
    .object({
      reads: count.describe('codes read since it started'),
      phantoms: count.describe('reads of no known kind, such as a torn code'),
      took: z.number().nullable().describe('ms from picture or last byte to code, median'),
      lanes: z.array(LaneReading).max(LANES_READING_MAX).optional().describe('those with a camera'),
    })
    .optional(),
  pages: z
    .object({ certificateEnds: count, usable: z.boolean() })
    .optional()
    .describe('of its own HTTPS pages; usable: the one it was given can be used'),
  handhelds: z.array(HandheldBeat).max(HANDHELDS_TOLD_MAX).optional(),
});

export type ConfigurationDocument = z.infer<typeof ConfigurationDocument>;
export type ConfigurationAnswer = z.infer<typeof ConfigurationAnswer>;
export type Command = z.infer<typeof Command>;
export type CommandAnswer = z.infer<typeof CommandAnswer>;
export type GatewayHealth = z.infer<typeof GatewayHealth>;
