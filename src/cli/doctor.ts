import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../../config/config.ts';
import type { Inspected } from '../container/inspect.ts';
import { engines } from './doctor-engines.ts';
import { asked, bad, engineFinding, type Finding, LOW_DISK_BYTES, message, ok, warn } from './doctor-finding.ts';
import { print, printJson, size, table } from './output.ts';
import { DONE, FAILED, readArgs, type Verb } from './verb.ts';

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
      const pending = await inspected.pending();
      const first = [await asked('database', () => database(inspected)), schema(pending)];
      try {
        const found = await engines(await inspected.adapters(), pending);
        return [...first, await disk(config), ...found];
      } catch (error) {
        return [...first, bad('start', message(error))];
      }
    });
  } catch (error) {
    return [bad('database', message(error))];
  }
}

async function database({ database: db, settings }: Inspected): Promise<Finding> {
  const { engine, version, latencyMs } = await db.describe();
  const { features, problems } = await settings();
  return engineFinding('database', { engine: `PostgreSQL ${version}, ${engine}`, latencyMs, features, problems });
}

function schema(pending: readonly string[]): Finding {
  if (pending.length === 0) return ok('schema', 'up to date');
  return warn('schema', `${pending.length} migrations to apply: the next start does it, or npx damson migrate`);
}

function disk(config: Config): Promise<Finding> {
  return asked('disk', async () => {
    let folder = config.dataDir;
    // Before the first start it is not there; its disk is.
    while (!existsSync(folder)) folder = dirname(folder);
    const { bavail, bsize, blocks } = await statfs(folder);
    const free = bavail * bsize;
    const text = `${size(free)} of ${size(blocks * bsize)} free under DATA_DIR`;
    return free < LOW_DISK_BYTES ? warn('disk', text) : ok('disk', text);
  });
}
