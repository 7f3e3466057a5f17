import { statfs } from 'node:fs/promises';
import type { Config } from '../../config/config.ts';
import type { Adapters } from '../container/adapters.ts';
import type { Inspected } from '../container/inspect.ts';
import { print, printJson, size, table } from './output.ts';
import { DONE, FAILED, readArgs, type Verb } from './verb.ts';

interface Finding {
  readonly part: string;
  /** `warn`: Damson runs, but something is missing; `bad`: it does not. */
  readonly state: 'ok' | 'warn' | 'bad';
  readonly detail: string;
}

const LOW_DISK_BYTES = 5e9;

export const doctor: Verb = {
  usage: 'doctor',
  summary: 'Say what is configured, what can be reached, and which tools are there',
  help: `  --json   print the findings as JSON

Changes nothing: a database of an older version is not migrated. Exit code 1 when something keeps Damson from running.`,
  async run(args) {
    const { values } = readArgs(args, { json: { type: 'boolean', default: false } });
    const { loadConfig } = await import('../../config/config.ts');
    const findings = [...configured(loadConfig()), ...(await reached())];
    const failed = findings.some((finding) => finding.state === 'bad');
    if (values.json) printJson({ status: failed ? 'bad' : findings.some((f) => f.state === 'warn') ? 'warn' : 'ok', findings });
    else print(table(findings.map(({ part, state, detail }) => [{ ok: '✓', warn: '!', bad: '✗' }[state], part, detail])));
    return failed ? FAILED : DONE;
  },
};

function configured(config: Config): Finding[] {
  const { http } = config;
  return [
    ok('node', `${process.version} ${process.platform} ${process.arch}`),
    ok('address', `${http.publicUrl}, listening on ${http.host}:${http.port}`),
    config.env === 'production' && !http.publicUrl.startsWith('https:')
      ? warn('transport', 'PUBLIC_URL is not https: the session cookie is sent in the clear')
      : ok('transport', http.publicUrl.startsWith('https:') ? 'https' : 'http, for this machine'),
    ok('roles', config.roles.join(', ')),
    ok('data', config.dataDir),
  ];
}

async function reached(): Promise<Finding[]> {
  const { inspectQuietly } = await import('./with-container.ts');
  try {
    return await inspectQuietly(async (inspected, config) => {
      const adapters = await inspected.adapters();
      const pending = await inspected.pending();
      const parts = [
        database(inspected),
        schema(pending),
        storage(adapters),
        disk(config),
        search(adapters, pending),
        queue(adapters, pending),
      ];
      return [...(await Promise.all(parts)), ...(await tools(adapters))];
    });
  } catch (error) {
    return [bad('database', message(error))];
  }
}

async function database({ database: db }: Inspected): Promise<Finding> {
  const { engine, version, latencyMs } = await db.describe();
  return ok('database', `PostgreSQL ${version}, ${engine}, ${latencyMs.toFixed(1)} ms`);
}

async function schema(pending: readonly string[]): Promise<Finding> {
  if (pending.length === 0) return ok('schema', 'up to date');
  return warn('schema', `${pending.length} migrations to apply: the next start does it, or npx damson migrate`);
}

function storage({ storage: store }: Adapters): Promise<Finding> {
  return asked('storage', async () => {
    const { engine, latencyMs, freeBytes } = await store.describe();
    const free = freeBytes === null ? '' : `, ${size(freeBytes)} free`;
    const text = `${engine}, ${latencyMs.toFixed(1)} ms${free}`;
    return freeBytes !== null && freeBytes < LOW_DISK_BYTES ? warn('storage', text) : ok('storage', text);
  });
}

function disk(config: Config): Promise<Finding> {
  return asked('disk', async () => {
    const { bavail, bsize, blocks } = await statfs(config.dataDir);
    const free = bavail * bsize;
    const text = `${size(free)} of ${size(blocks * bsize)} free under DATA_DIR`;
    return free < LOW_DISK_BYTES ? warn('disk', text) : ok('disk', text);
  });
}

function search({ searchEngine }: Adapters, pending: readonly string[]): Promise<Finding> {
  if (pending.length > 0) return Promise.resolve(warn('search', 'looked at once the schema is up to date'));
  return asked('search', async () => {
    const { engine, version, latencyMs } = await searchEngine.describe();
    return ok('search', `${engine} ${version}, ${latencyMs.toFixed(1)} ms`);
  });
}

function queue({ runner }: Adapters, pending: readonly string[]): Promise<Finding> {
  if (pending.length > 0) return Promise.resolve(warn('queue', 'looked at once the schema is up to date'));
  return asked('queue', async () => {
    const { queues, outboxPending, outboxOldestMs } = await runner.stats();
    const counts = queues.map((q) => `${q.queue} ${q.waiting + q.delayed} waiting ${q.failed} failed`).join(', ');
    const text = `${counts}; outbox ${outboxPending}`;
    return outboxOldestMs > 60_000
      ? warn('queue', `${text}, the oldest for ${Math.round(outboxOldestMs / 1000)} s: is a worker running?`)
      : ok('queue', text);
  });
}

async function tools({ media }: Adapters): Promise<Finding[]> {
  const { ffmpeg, exiftool, sandbox, sharp } = await media.tools();
  const video = `ffmpeg ${ffmpeg.version ?? ''}`.trim();
  return [
    !ffmpeg.available
      ? warn('video', 'no ffmpeg: videos and audio are stored without previews; install ffmpeg 5.1 or newer, or set FFMPEG_PATH')
      : ffmpeg.bundled
        ? warn('video', `${video}, the bundled old build: for trying out only; install ffmpeg 5.1 or newer`)
        : ok('video', video),
    exiftool.available
      ? ok('metadata', `ExifTool ${exiftool.version ?? ''}`.trim())
      : warn('metadata', 'no perl: metadata inside files is not read; install perl'),
    sandbox.mode === 'namespaces' ? ok('sandbox', sandbox.detail) : warn('sandbox', `${sandbox.mode}: ${sandbox.detail}`),
    ok('images', `sharp ${sharp.version}, libvips ${sharp.libvips}: ${sharp.formats.join(' ')}`),
  ];
}

async function asked(part: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return bad(part, message(error));
  }
}

const ok = (part: string, detail: string): Finding => ({ part, state: 'ok', detail });
const warn = (part: string, detail: string): Finding => ({ part, state: 'warn', detail });
const bad = (part: string, detail: string): Finding => ({ part, state: 'bad', detail });

function message(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
