/** The one logger's shape; pino fits it. Codes and names of people never go into it. */
export interface Log {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

export const silentLog: Log = { info() {}, warn() {}, error() {} };
