import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { ConfigError, type Problem } from './config-error.ts';
import { type Env, processEnv, readVariables } from './env.ts';
import { Secret } from './secret.ts';
import type { Variable } from './variable.ts';
import type { DatabaseConfig, QueueConfig, SearchConfig, StorageConfig } from './choices.ts';
import { databaseOf, searchOf, storageOf } from './stores.ts';
import { allVariables, v } from './variables.ts';

export { ConfigError, type Problem } from './config-error.ts';
export type { DatabaseConfig, QueueConfig, SearchConfig, StorageConfig } from './choices.ts';
export { Secret } from './secret.ts';

/** What the process is told: checked, frozen, every choice a union. Sizes in bytes, times in ms. */

export type ProcessRole = 'web' | 'worker';
export interface Config {
  readonly env: 'development' | 'production' | 'test';
  /** Absolute. */
  readonly dataDir: string;
  readonly roles: readonly ProcessRole[];
  readonly http: {
    readonly host: string;
    /** 0 = any free one. */
    readonly port: number;
    /** Origin without trailing slash; with PORT=0 it is right only after `withPort`. */
    readonly publicUrl: string;
    readonly publicUrlGiven: boolean;
    readonly corsOrigins: readonly string[];
    /** Proxies in front; 0 = X-Forwarded-* is ignored. */
    readonly trustProxy: number;
    readonly rateLimit: boolean;
    /** Where a process without `web` answers health and metrics; null = nowhere. */
    readonly healthPort: number | null;
    readonly shutdownGraceMs: number;
  };
  readonly database: DatabaseConfig;
  readonly storage: StorageConfig;
  readonly queue: QueueConfig;
  readonly search: SearchConfig;
  readonly admin: { readonly email: string; readonly password: Secret | null };
  /** Null = generated into the data directory; see `openSecrets`. */
  readonly appSecret: Secret | null;
  readonly limits: {
    readonly uploadMaxBytes: number;
    /** 0 = no limit. */
    readonly uploadMinBytesPerSecond: number;
    readonly imageMaxPixels: number;
    /** Null = none. */
    readonly workspaceQuotaBytes: number | null;
    readonly personQuotaBytes: number | null;
  };
  readonly media: {
    readonly slots: number;
    readonly sandbox: 'auto' | 'required' | 'off';
    /** Null = look in PATH. */
    readonly ffmpegPath: string | null;
    readonly ffprobePath: string | null;
  };
  readonly delivery: {
    readonly hotCacheBytes: number;
    readonly strict: boolean;
    readonly mode: 'open' | 'signed' | 'presets';
    /** Large originals come from the store itself, where it is one that others can reach. */
    readonly presignedDownloads: boolean;
    /** `Save-Data` is heeded. */
    readonly saveData: boolean;
    /** Steps of the ladder that is made of every film, `360_720`; null = none. */
    readonly ladderAhead: string | null;
    /** Days for which films are kept that nobody asks for; 0 = for ever. */
    readonly filmKeepDays: number;
    /** Films by URL: new ones of strangers of one network in an hour, bytes per workspace; 0 = no limit. */
    readonly films: { readonly perHour: number; readonly bytes: number };
    /** Pages, layers and seconds of films that are drawn for strangers of one network in an hour; 0 = any number. */
    readonly stillsPerHour: number;
    /** Who is told of changes; null = nobody. */
    readonly purge: { readonly url: string; readonly token: Secret | null } | null;
  };
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'; readonly format: 'json' | 'pretty' };
  readonly metricsToken: Secret | null;
  /** Tests only. */
  readonly failpoint: string | null;
}

/** For `docs/configuration.md`. */
export const variables = allVariables.map(({ name, type, defaultText, doc, group, secret }) => ({
  name,
  type,
  default: defaultText,
  doc,
  group,
  secret,
}));

const LATER = 'nothing: this comes with a later version';

/**
 * Checks the environment and makes the configuration of it.
 * @throws ConfigError with every problem at once
 */
export function loadConfig(source: Env = processEnv()): Config {
  const names = allVariables.map((variable) => variable.name);
  const { values, problems } = readVariables(source, names);
  const refuse = (variable: Variable<unknown>, expected: string): void => {
    const raw = values.get(variable.name);
    if (raw === undefined) problems.push({ variable: variable.name, given: 'nothing', expected });
    else
      problems.push({
        variable: variable.name,
        given: variable.secret ? `[secret, ${raw.length} characters]` : JSON.stringify(raw),
        expected,
      });
  };
  const take = <T>(variable: Variable<T>): T => {
    const raw = values.get(variable.name);
    if (raw === undefined) return variable.fallback;
    const parsed = variable.parse(raw);
    if ('value' in parsed) return parsed.value;
    refuse(variable, parsed.expected);
    return variable.fallback;
  };

  for (const variable of [v.smtpUrl, v.oidcIssuer]) if (values.has(variable.name)) refuse(variable, LATER);

  const env = take(v.nodeEnv);
  const dataDir = resolve(take(v.dataDir));
  const appSecret = take(v.appSecret);
  if (values.has(v.databaseUrl.name) && !values.has(v.appSecret.name)) {
    refuse(v.appSecret, 'a random value of at least 32 characters, because DATABASE_URL is set and every process needs the same');
  }
  const mode = take(v.deliveryMode);
  if (mode !== 'open') refuse(v.deliveryMode, 'open: keys to sign with and named transformations come with a later version');
  const failpoint = take(v.failpoint);
  if (failpoint !== null && env === 'production') refuse(v.failpoint, 'nothing in production');
  const host = take(v.host);
  const port = take(v.port);
  const publicUrl = take(v.publicUrl);
  const redisUrl = take(v.redisUrl);
  const purgeUrl = take(v.cdnPurgeUrl);

  const config: Config = {
    env,
    dataDir,
    roles: take(v.roles),
    http: {
      host,
      port,
      publicUrl: publicUrl ?? localUrl(host, port),
      publicUrlGiven: publicUrl !== null,
      corsOrigins: take(v.corsOrigins),
      trustProxy: take(v.trustProxy),
      rateLimit: take(v.rateLimit),
      healthPort: take(v.healthPort),
      shutdownGraceMs: take(v.shutdownGraceMs),
    },
    database: databaseOf({ take, dataDir }),
    storage: storageOf({ values, take, refuse, dataDir }),
    queue: redisUrl === null ? { kind: 'postgres' } : { kind: 'redis', url: redisUrl },
    search: searchOf({ values, take, refuse }),
    admin: { email: take(v.adminEmail).toLowerCase(), password: take(v.adminPassword) },
    appSecret,
    limits: {
      uploadMaxBytes: take(v.uploadMaxBytes),
      uploadMinBytesPerSecond: take(v.uploadMinRate),
      imageMaxPixels: take(v.imageMaxPixels),
      workspaceQuotaBytes: take(v.workspaceQuota),
      personQuotaBytes: take(v.personQuota),
    },
    media: { slots: take(v.mediaSlots), sandbox: take(v.sandbox), ffmpegPath: take(v.ffmpegPath), ffprobePath: take(v.ffprobePath) },
    delivery: {
      hotCacheBytes: take(v.hotCacheBytes),
      strict: take(v.deliveryStrict),
      mode,
      presignedDownloads: take(v.presignedDownloads),
      saveData: take(v.deliverySaveData),
      ladderAhead: take(v.filmLadderAhead),
      filmKeepDays: take(v.filmKeepDays),
      films: { perHour: take(v.deliveryFilmsPerHour), bytes: take(v.deliveryFilmBytes) },
      stillsPerHour: take(v.deliveryStillsPerHour),
      purge: purgeUrl === null ? null : { url: purgeUrl, token: take(v.cdnPurgeToken) },
    },
    log: { level: take(v.logLevel), format: take(v.logFormat) },
    metricsToken: take(v.metricsToken),
    failpoint,
  };
  if (problems.length > 0) throw new ConfigError(sorted(problems, names));
  return freeze(config);
}

/** The configuration once the port is known: PUBLIC_URL follows it unless it was given. */
export function withPort(config: Config, port: number): Config {
  const publicUrl = config.http.publicUrlGiven ? config.http.publicUrl : localUrl(config.http.host, port);
  return freeze({ ...config, http: { ...config.http, port, publicUrl } });
}

/** `http://HOST:PORT`; a host that means "all addresses" is shown as localhost. */
function localUrl(host: string, port: number): string {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : isIPv6(host) ? `[${host}]` : host;
  const address = `http://${shown}:${port}`;
  return URL.canParse(address) ? new URL(address).origin : address;
}

/** In the order of the documentation, so that the same mistakes always read the same. */
function sorted(problems: Problem[], names: string[]): Problem[] {
  const place = (problem: Problem): number => names.indexOf(problem.variable.replace(/_FILE$/, ''));
  return problems.sort((a, b) => place(a) - place(b));
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null && !(part instanceof Secret)) freeze(part);
  return Object.freeze(value);
}
