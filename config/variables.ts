import { availableParallelism } from 'node:os';
import { choice, flag, httpUrl, integer, limitMs, list, origins, secret, size, text, type Variable } from './variable.ts';

/** Every variable Damson reads; each also as `NAME_FILE`. */

const SERVER = 'Server';
const STORES = 'Database, storage, queue, search';
const PEOPLE = 'People and secrets';
const LIMITS = 'Limits';
const MEDIA = 'Media';
const DELIVERY = 'Delivery';
const OPERATION = 'Operation';

const MIN_SECRET = 32;
const EXAMPLES = /change.?me|example|replace|your.?secret|supersecret|default|placeholder|insert.?here|password/i;

/** What is expected of APP_SECRET, or null when the value will do. */
export function appSecretRule(raw: string): string | null {
  if (raw.length < MIN_SECRET) return `at least ${MIN_SECRET} characters, e.g. from: openssl rand -base64 48`;
  if (EXAMPLES.test(raw) || new Set(raw).size < 10) return 'a random value, not an example or a repeated word';
  return null;
}

const atLeast = (length: number) => (raw: string) => (raw.length >= length ? null : `at least ${length} characters`);
const scheme = (pattern: RegExp, expected: string) => (raw: string) => (pattern.test(raw) && URL.canParse(raw) ? null : expected);
const anything = (): null => null;

export const v = {
  port: integer('PORT', { group: SERVER, default: 8080, doc: 'Port to listen on; 0 takes any free one.' }, 0, 65535),
  host: text(
    'HOST',
    { group: SERVER, default: '127.0.0.1', doc: 'Address to listen on; `0.0.0.0` for all.' },
    /^[A-Za-z0-9.:_-]+$/,
    'an address or host name',
  ),
  publicUrl: httpUrl('PUBLIC_URL', {
    group: SERVER,
    default: null,
    defaultText: 'http://HOST:PORT',
    doc: 'How the outside reaches Damson.',
  }),
  dataDir: text('DATA_DIR', { group: SERVER, default: './data', doc: 'Embedded database, local objects, caches, generated secrets.' }),
  roles: list('ROLES', ['web', 'worker'], {
    group: SERVER,
    default: ['web', 'worker'],
    defaultText: 'web,worker',
    doc: 'What this process does.',
  }),
  healthPort: integer(
    'HEALTH_PORT',
    { group: SERVER, default: null, doc: 'Port on which a worker without web answers health and metrics; 0 takes any free one.' },
    0,
    65535,
  ),
  corsOrigins: origins('CORS_ORIGINS', {
    group: SERVER,
    default: [],
    doc: 'Other origins whose pages may call the API with the session cookie.',
  }),
  trustProxy: integer(
    'TRUST_PROXY',
    { group: SERVER, default: 0, doc: 'How many proxies stand in front; their X-Forwarded-* is believed.' },
    0,
    10,
  ),
  shutdownGraceMs: integer(
    'SHUTDOWN_GRACE_MS',
    { group: SERVER, default: 15_000, doc: 'How long requests and jobs may finish after SIGTERM.' },
    0,
    600_000,
  ),

  databaseUrl: secret(
    'DATABASE_URL',
    { group: STORES, default: null, defaultText: 'embedded PostgreSQL under DATA_DIR', doc: 'External PostgreSQL.' },
    scheme(/^postgres(ql)?:\/\//, 'a connection string like postgres://user:password@host:5432/name'),
  ),
  databasePoolSize: integer('DATABASE_POOL_SIZE', { group: STORES, default: 20, doc: 'Connections this process opens at most.' }, 2, 500),
  databaseStatementTimeoutMs: limitMs(
    'DATABASE_STATEMENT_TIMEOUT_MS',
    { group: STORES, default: 30_000, doc: 'Longest statement, embedded or external; then it is 503. 0 = none. Not for migrations.' },
    1000,
  ),
  databaseLockTimeoutMs: limitMs(
    'DATABASE_LOCK_TIMEOUT_MS',
    { group: STORES, default: 10_000, doc: 'Longest wait of a statement for one lock; then it is 503. 0 = none.' },
    100,
  ),
  databaseIdleTimeoutMs: limitMs(
    'DATABASE_IDLE_TRANSACTION_TIMEOUT_MS',
    {
      group: STORES,
      default: 60_000,
      doc: 'Longest pause within a transaction; then the server takes it back and its locks go. 0 = none.',
    },
    1000,
  ),
  redisUrl: secret(
    'REDIS_URL',
    { group: STORES, default: null, defaultText: 'queue on PostgreSQL', doc: 'Redis for jobs, rate limits and cache signals.' },
    scheme(/^rediss?:\/\//, 'an address like redis://host:6379'),
  ),
  s3Endpoint: httpUrl('S3_ENDPOINT', {
    group: STORES,
    default: null,
    defaultText: 'AWS, by the region',
    doc: 'Address of an S3-compatible store.',
  }),
  s3Region: text(
    'S3_REGION',
    { group: STORES, default: 'us-east-1', doc: 'Region of the bucket.' },
    /^[a-z0-9-]{1,40}$/,
    'a region like eu-central-1',
  ),
  s3Bucket: text(
    'S3_BUCKET',
    { group: STORES, default: null, defaultText: 'local disk under DATA_DIR', doc: 'Bucket for originals and derivatives; it must exist.' },
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens',
  ),
  s3AccessKeyId: text('S3_ACCESS_KEY_ID', {
    group: STORES,
    default: null,
    defaultText: 'what the machine is allowed (role, profile)',
    doc: 'Access key of the store.',
  }),
  s3SecretAccessKey: secret('S3_SECRET_ACCESS_KEY', { group: STORES, default: null, doc: 'Secret key of the store.' }, anything),
  s3ForcePathStyle: flag('S3_FORCE_PATH_STYLE', {
    group: STORES,
    default: false,
    doc: 'Address the bucket in the path, not in the host name: most stores that are not AWS.',
  }),
  s3PublicEndpoint: text(
    'S3_PUBLIC_ENDPOINT',
    {
      group: STORES,
      default: null,
      defaultText: 'S3_ENDPOINT when that is https, or AWS',
      doc: 'Where clients reach the store, to send large files to it directly; `off` = they do not.',
    },
    /^(off|https?:\/\/[A-Za-z0-9.:[\]-]+)$/,
    'off, or an address like https://s3.example.org, without path',
  ),
  s3TimeoutMs: integer(
    'S3_TIMEOUT_MS',
    { group: STORES, default: 10_000, doc: 'How long the store may take to begin an answer, in ms; then it counts as away.' },
    500,
    120_000,
  ),
  storageCacheBytes: size('STORAGE_CACHE_BYTES', {
    group: STORES,
    default: 2 * 2 ** 30,
    defaultText: '2GiB',
    doc: 'Local disk for copies of what an S3 store delivers most; 0 = none. Not used with the local disk.',
  }),
  meiliUrl: httpUrl('MEILI_URL', {
    group: STORES,
    default: null,
    defaultText: 'PostgreSQL search',
    doc: 'Address of Meilisearch 1.15 or newer.',
  }),
  meiliMasterKey: secret('MEILI_MASTER_KEY', { group: STORES, default: null, doc: 'Key of Meilisearch.' }, anything),
  searchFallback: choice('SEARCH_FALLBACK', ['none', 'postgres'], {
    group: STORES,
    default: 'none',
    doc: 'What search does while Meilisearch is away: answer 503 with Retry-After, or search PostgreSQL, which is then kept up to date too.',
  }),

  adminEmail: text(
    'ADMIN_EMAIL',
    { group: PEOPLE, default: 'admin@damson.local', doc: 'Sign-in name of the first administrator.' },
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
    'an e-mail address',
  ),
  adminPassword: secret(
    'ADMIN_PASSWORD',
    {
      group: PEOPLE,
      default: null,
      defaultText: 'a one-time sign-in link is printed at the first start',
      doc: 'Password of the first administrator.',
    },
    atLeast(10),
  ),
  appSecret: secret(
    'APP_SECRET',
    {
      group: PEOPLE,
      default: null,
      defaultText: 'generated into DATA_DIR; required with DATABASE_URL',
      doc: 'All signing keys are derived from it. Every process of one installation has the same.',
    },
    appSecretRule,
  ),
  smtpUrl: secret('SMTP_URL', { group: PEOPLE, default: null, defaultText: 'off', doc: 'Mail server.' }, anything),
  oidcIssuer: text('OIDC_ISSUER', { group: PEOPLE, default: null, defaultText: 'off', doc: 'Single sign-on.' }),

  rateLimit: flag('RATE_LIMIT', { group: LIMITS, default: true, doc: 'Limits requests per person and network; `off` for load tests.' }),
  uploadMaxBytes: size(
    'UPLOAD_MAX_BYTES',
    { group: LIMITS, default: 20 * 2 ** 30, defaultText: '20GiB', doc: 'Largest file that is taken.' },
    1,
  ),
  uploadMinRate: size('UPLOAD_MIN_BYTES_PER_SECOND', {
    group: LIMITS,
    default: 1024,
    doc: 'An upload slower than this, measured over half a minute, is ended; 0 = never.',
  }),
  workspaceQuota: size('QUOTA_WORKSPACE_BYTES', {
    group: LIMITS,
    default: null,
    defaultText: 'none',
    doc: 'Quota a new workspace starts with.',
  }),
  personQuota: size('QUOTA_PERSON_BYTES', {
    group: LIMITS,
    default: null,
    defaultText: 'none',
    doc: 'Quota per person a new workspace starts with.',
  }),
  imageMaxPixels: integer(
    'IMAGE_MAX_PIXELS',
    { group: LIMITS, default: 100_000_000, doc: 'Largest picture decoded outside the sandbox, in pixels.' },
    1_000_000,
    1_000_000_000,
  ),

  sandbox: choice('SANDBOX', ['auto', 'required', 'off'], {
    group: MEDIA,
    default: 'auto',
    doc: 'Namespaces around risky decoders: where possible, or refuse to start without, or never.',
  }),
  ffmpegPath: text('FFMPEG_PATH', { group: MEDIA, default: null, defaultText: 'from PATH', doc: 'ffmpeg 5.1 or newer.' }),
  ffprobePath: text('FFPROBE_PATH', { group: MEDIA, default: null, defaultText: 'from PATH', doc: 'ffprobe of the same version.' }),
  mediaSlots: integer(
    'MEDIA_SLOTS',
    { group: MEDIA, default: availableParallelism(), defaultText: 'one per core', doc: 'How many files are decoded at the same time.' },
    1,
    256,
  ),

  hotCacheBytes: size('HOT_CACHE_BYTES', {
    group: DELIVERY,
    default: 128 * 2 ** 20,
    defaultText: '128MiB',
    doc: 'Memory for the derivatives asked for most.',
  }),
  deliveryStrict: flag('DELIVERY_STRICT', {
    group: DELIVERY,
    default: false,
    doc: 'Unknown transformation keys are answered with 400 instead of being ignored.',
  }),
  deliveryMode: choice('DELIVERY_MODE', ['open', 'signed', 'presets'], {
    group: DELIVERY,
    default: 'open',
    doc: 'Which transformations the first delivery endpoint takes: any, signed ones, named ones.',
  }),

  deliverySaveData: flag('DELIVERY_SAVE_DATA', {
    group: DELIVERY,
    default: false,
    doc: 'Clients that send `Save-Data: on` get quality 60 (films: 38) where an address names none; such answers say `Vary: Save-Data`.',
  }),
  filmLadderAhead: text(
    'FILM_LADDER_AHEAD',
    {
      group: DELIVERY,
      default: null,
      defaultText: 'off',
      doc: 'Streaming ladder that is made of every film as soon as it is ready, as `sr` writes it: `360_720_1080`. It takes minutes of all cores for each.',
    },
    /^(240|360|480|720|1080|1440|2160)(_(240|360|480|720|1080|1440|2160))*$/,
    'heights of 240 360 480 720 1080 1440 2160 joined by _',
  ),
  filmKeepDays: integer(
    'FILM_KEEP_DAYS',
    {
      group: DELIVERY,
      default: 90,
      doc: 'Days after which a film that nobody asks for any more is removed; it is made again when asked for. 0 keeps all.',
    },
    0,
    3650,
  ),
  deliveryFilmsPerHour: integer(
    'DELIVERY_FILMS_PER_HOUR',
    {
      group: DELIVERY,
      default: 100,
      doc: 'New films that visitors of one network may have made in an hour; then 429. 0 = any number. Signed addresses and people signed in are not counted.',
    },
    0,
    1_000_000,
  ),
  deliveryStillsPerHour: integer(
    'DELIVERY_STILLS_PER_HOUR',
    {
      group: DELIVERY,
      default: 2_000,
      doc: 'Pages, layers of PSDs and seconds of films that are drawn for visitors of one network in an hour, each once for all; then 429. 0 = any number. Signed addresses and people signed in are not counted.',
    },
    0,
    1_000_000,
  ),
  deliveryFilmBytes: size('DELIVERY_FILM_BYTES', {
    group: DELIVERY,
    default: 200 * 2 ** 30,
    defaultText: '200GiB',
    doc: 'What films made by URL may take of the store, per workspace; then new ones are 422. 0 = no limit.',
  }),
  cdnPurgeUrl: text(
    'CDN_PURGE_URL',
    {
      group: DELIVERY,
      default: null,
      doc: 'Where `{"keys": […]}` is posted when assets change; versioned answers then let a CDN keep them for a year.',
    },
    /^https?:\/\/[^\s/?#@]+(\/\S*)?$/,
    'an address like https://purge.example.org/damson, without user',
  ),
  cdnPurgeToken: secret(
    'CDN_PURGE_TOKEN',
    { group: DELIVERY, default: null, defaultText: 'no Authorization header', doc: 'Bearer token sent to CDN_PURGE_URL.' },
    (raw) => (/^[\x21-\x7e]+$/.test(raw) ? null : 'a token without spaces'),
  ),

  presignedDownloads: flag('PRESIGNED_DOWNLOADS', {
    group: DELIVERY,
    default: true,
    doc: 'People and keys fetch originals over 64 MB from the S3 store itself, by an address good for 60 s; only on AWS and with an https S3_ENDPOINT. `off` where that address is one of the inner network.',
  }),

  logLevel: choice('LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent'], {
    group: OPERATION,
    default: 'info',
    doc: 'Least severe lines that are written.',
  }),
  logFormat: choice('LOG_FORMAT', ['json', 'pretty'], { group: OPERATION, default: 'json', doc: 'JSON lines, or lines for people.' }),
  metricsToken: secret(
    'METRICS_TOKEN',
    { group: OPERATION, default: null, defaultText: 'metrics only from loopback', doc: 'Bearer token for /metrics.' },
    atLeast(16),
  ),
  nodeEnv: choice('NODE_ENV', ['development', 'production', 'test'], {
    group: OPERATION,
    default: 'development',
    doc: 'In production, trial tools and failpoints are refused.',
  }),
  failpoint: text(
    'FAILPOINT',
    { group: OPERATION, default: null, doc: 'Tests only: `name:action` where the process shall fail.' },
    /^[\w.-]+:kill(@[1-9]\d*)?$/,
    'name:kill or name:kill@hit',
  ),
};

export const allVariables: readonly Variable<unknown>[] = Object.values(v);
