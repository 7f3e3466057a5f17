import { type Logger as Base, type DestinationStream, pino } from 'pino';
import { prettyStream } from './log-pretty.ts';

/** Structured lines, one fact each; secrets never, line breaks always escaped. */

/** What platform code needs of a logger. */
export interface Log {
  debug(fields: object, message?: string): void;
  info(fields: object, message?: string): void;
  warn(fields: object, message?: string): void;
  error(fields: object, message?: string): void;
}

export interface Logger extends Log {
  /** A logger whose lines all carry these fields. */
  child(fields: Record<string, unknown>): Logger;
}

const nothing = (): void => undefined;

/** For tests and short tools that print nothing. */
export const silentLog: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silentLog };

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly format: 'json' | 'pretty';
  /** Default stdout, written synchronously: the last line before a crash is there. */
  readonly stream?: DestinationStream;
}

export function createLogger(options: LogOptions): Logger {
  const target = options.stream ?? pino.destination({ fd: 1, sync: true });
  const base = pino(
    {
      level: options.level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: clean },
      serializers: { err: (value: unknown) => value }, // `clean` has made plain data of it
    },
    options.format === 'pretty' ? prettyStream(target) : target,
  );
  return wrap(base);
}

/** Pino writes a child's fields as they are, so they are cleaned before; messages are masked like any text. */
function wrap(base: Base): Logger {
  return {
    debug: (fields, message) => base.debug(fields, message && maskText(message)),
    info: (fields, message) => base.info(fields, message && maskText(message)),
    warn: (fields, message) => base.warn(fields, message && maskText(message)),
    error: (fields, message) => base.error(fields, message && maskText(message)),
    child: (fields) => wrap(base.child(clean(fields))),
  };
}

const MASK = '[redacted]';
/** Names of fields whose value is a secret, however they are written. */
const SECRET_NAME =
  /^(.*(password|passwd|secret|apikey|authorization|cookie|privatekey|accesskey|credential|signature)|(.*(access|refresh|id|session|preview|share|bearer|csrf|auth|reset))?token|iks)$/;
/** The same inside addresses and messages: `?token=…`, `Bearer …`, `postgres://user:password@host`. */
const SECRET_TEXT =
  /((?:ik-s|token|key|secret|password|signature|X-Amz-(?:Signature|Credential|Security-Token))=)[^&\s"']+|(\bBearer\s+)[\w.~+/=-]+|(:\/\/[^\s:/@]*:)[^\s@/]+(?=@)/gi;

const MAX_DEPTH = 6;

/** Fields as they may be written: secrets masked, errors as plain data without the statement's parameters. */
export function clean(fields: object | undefined): Record<string, unknown> {
  // pino hands over nothing when there are no bindings.
  return Object.fromEntries(Object.entries(fields ?? {}).map(([name, value]) => [name, field(name, value, 0)]));
}

function field(name: string, value: unknown, depth: number): unknown {
  if (value !== null && value !== undefined && SECRET_NAME.test(name.toLowerCase().replace(/[^a-z]/g, ''))) return MASK;
  return plain(value, depth);
}

function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Error) return errorFields(value, depth);
  if (Buffer.isBuffer(value)) return `[${value.length} bytes]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return plain(value.toJSON(), depth + 1);
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => plain(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, field(name, item, depth + 1)]));
}

/** Only members that never hold data of people: a database error also carries rows and parameters. */
function errorFields(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: plain(error.cause, depth + 1) };
  return { type: error.name, message: maskText(error.message), ...code, stack: maskText(error.stack ?? ''), ...cause };
}

function maskText(text: string): string {
  return text.replace(SECRET_TEXT, (_all, name?: string, bearer?: string, user?: string) => `${name ?? bearer ?? user ?? ''}${MASK}`);
}
