import { parseArgs } from 'node:util';
import { demoError } from './errors.ts';

export interface DemoOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  /** Language of the lane's own display and of the evening's texts. */
  readonly language: 'nl' | 'en';
}

/**
 * The options of `npm start -- …`.
 * @throws GatehouseError `demo-option-wrong`
 */
export function demoOptions(args: readonly string[]): DemoOptions {
  const values = parsed(args);
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw demoError('demo-option-wrong', { fault: `--port ${values.port} is no port` });
  }
  const { language, host, data } = values;
  if (language !== 'nl' && language !== 'en') {
    throw demoError('demo-option-wrong', { fault: `--language ${language} is not spoken here` });
  }
  return { port, host, data, language };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '8080' },
        host: { type: 'string', default: 'localhost' },
        data: { type: 'string', default: './data' },
        language: { type: 'string', default: 'en' },
      },
    }).values;
  } catch (cause) {
    const fault = cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause);
    throw demoError('demo-option-wrong', { fault }, cause);
  }
}
