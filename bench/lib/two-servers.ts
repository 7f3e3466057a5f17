import { startEngines } from './engines.ts';
import { type Server, startServer } from './server.ts';

/** One installation of two processes, each web and worker, on a PostgreSQL and an S3 store of their own; no two share a data directory. */
export interface TwoServers {
  readonly servers: readonly [Server, Server];
  readonly versions: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** @throws when PostgreSQL or the S3 store is not installed */
export async function startTwoServers(): Promise<TwoServers> {
  const engines = await startEngines(['postgres', 's3']);
  const running: Server[] = [];
  const close = async () => {
    for (const server of running) await server.close();
    await engines.stop();
  };
  const start = async (): Promise<Server> => {
    const server = await startServer({ variables: { ...engines.variables, APP_SECRET: 'a-secret-of-the-bench-that-is-long-enough' } });
    running.push(server);
    return server;
  };
  try {
    const { postgres = '' } = engines.versions;
    return { servers: [await start(), await start()], versions: { postgres }, close };
  } catch (error) {
    await close();
    throw error;
  }
}
