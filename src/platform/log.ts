/** What platform code needs of a logger; a pino logger fits as it is. */
export interface Log {
  debug(fields: object, message?: string): void;
  info(fields: object, message?: string): void;
  warn(fields: object, message?: string): void;
  error(fields: object, message?: string): void;
}

const nothing = (): void => undefined;

/** For tests and short tools that print nothing. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
