import { type Config, loadConfig } from '../../config/config.ts';
import { type Container, createContainer } from '../container.ts';
import { type Inspected, inspect } from '../container/inspect.ts';
import { createLogger, type Logger } from '../platform/log.ts';

/**
 * Runs `work` with everything connected but without listening or working jobs; shares the embedded database with a
 * server that is running.
 */
export async function withContainer<T>(work: (container: Container) => Promise<T>): Promise<T> {
  const config = loadConfig();
  const container = await createContainer(config, { log: quietLog(config) });
  try {
    return await work(container);
  } finally {
    await container.close();
  }
}

/** The same with the database alone, which is not migrated. */
export async function inspectQuietly<T>(work: (inspected: Inspected, config: Config) => Promise<T>): Promise<T> {
  const config = loadConfig();
  const inspected = await inspect(config, quietLog(config));
  try {
    return await work(inspected, config);
  } finally {
    await inspected.close();
  }
}

/** Warnings only, to stderr: stdout belongs to the verb. */
function quietLog(config: Config): Logger {
  const level = config.log.level === 'silent' || config.log.level === 'error' ? config.log.level : 'warn';
  return createLogger({ level, format: config.log.format, stream: process.stderr });
}
