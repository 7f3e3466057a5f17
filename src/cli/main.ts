import { ConfigError } from '../../config/config.ts';
import { DamsonError, StartError } from '../errors.ts';
import { printError } from './output.ts';
import { DONE, FAILED, UsageError, type Verb, WRONG_USE } from './verb.ts';

/** Loaded only when called: `damson --help` must not load a database driver. */
const VERBS: Record<string, () => Promise<Verb>> = {
  start: async () => (await import('./start.ts')).start,
  worker: async () => (await import('./worker.ts')).worker,
  migrate: async () => (await import('./migrate.ts')).migrate,
  admin: async () => (await import('./admin.ts')).admin,
  'api-key': async () => (await import('./api-key.ts')).apiKey,
  upload: async () => (await import('./upload.ts')).upload,
  reindex: async () => (await import('./reindex.ts')).reindex,
  refresh: async () => (await import('./refresh.ts')).refresh,
  doctor: async () => (await import('./doctor.ts')).doctor,
  demo: async () => (await import('./demo.ts')).demo,
  openapi: async () => (await import('./openapi.ts')).openapi,
};

async function main(args: string[]): Promise<number> {
  // `damson openapi | head`: whoever reads has enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(DONE);
    throw error;
  });
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(await overview());
    return name === undefined ? WRONG_USE : DONE;
  }
  const load = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (!load) {
    printError(`There is no verb "${name}". See: damson --help`);
    return WRONG_USE;
  }
  const verb = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${verb.summary}\n\n  damson ${verb.usage}\n\n${verb.help.trimEnd()}\n`);
    return DONE;
  }
  try {
    return await verb.run(rest);
  } catch (error) {
    return explain(name, error);
  }
}

function explain(name: string, error: unknown): number {
  if (error instanceof UsageError) {
    printError(`${error.message}. See: damson ${name} --help`);
    return WRONG_USE;
  }
  if (error instanceof ConfigError) {
    printError(error.message);
    return WRONG_USE;
  }
  if (error instanceof DamsonError) {
    const { errors } = error.extra;
    const more = Array.isArray(errors) ? `\n${errors.map((item: unknown) => JSON.stringify(item)).join('\n')}` : '';
    printError(`${error.title}${error.detail === undefined ? '' : `: ${error.detail}`} (${error.code})${more}`);
    return FAILED;
  }
  if (error instanceof StartError) printError(error.message);
  else printError(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return FAILED;
}

async function overview(): Promise<string> {
  const verbs = await Promise.all(Object.values(VERBS).map((load) => load()));
  const width = Math.max(...verbs.map((verb) => verb.usage.length));
  const lines = verbs.map((verb) => `  ${verb.usage.padEnd(width)}  ${verb.summary}`);
  return `damson <verb>\n\n${lines.join('\n')}\n\nEvery verb has --help. Exit codes: 0 done, 1 failed, 2 called wrongly or badly configured.\n`;
}

process.exitCode = await main(process.argv.slice(2));
