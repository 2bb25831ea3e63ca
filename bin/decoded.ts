import type { DecodedPicture } from '@gatehouse/gateway';

/** What was read in a picture, for a person: a line for the file, one for each code. */
export function inWords({ file, codes, ms, error, message }: DecodedPicture): string {
  if (error !== undefined) return `${file}: ${error}: ${message}`;
  const found = codes.map(({ symbology, text, stage, believed }) => {
    const doubt = believed === false ? ', not believed at a gate' : '';
    return `  ${symbology}  ${text}  (${stage}${doubt})`;
  });
  const count = codes.length === 1 ? '1 code' : `${codes.length} codes`;
  return [`${file}: ${count} in ${ms} ms`, ...found].join('\n');
}
