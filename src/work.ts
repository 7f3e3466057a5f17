import { createServer, type Server } from 'node:http';
import { type Config, ConfigError, loadConfig } from '../config/config.ts';
import { type Container, createContainer } from './container.ts';
import { StartError } from './errors.ts';
import { checkHealth } from './health.ts';
import { answerMetrics } from './platform/http/metrics-endpoint.ts';
import { sendProblem } from './platform/http/problem.ts';
import { createLogger } from './platform/log.ts';
import type { QueueName } from './platform/queue/queue.ts';

/** A process that only works jobs: the same container as the web process, other entry. Ends on SIGTERM and SIGINT. */
export async function runWorker(queues: readonly QueueName[]): Promise<void> {
  const told = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
  const running = await start(queues).catch((error: unknown) => fail('The worker could not start', error));
  const { container, server, log } = running;
  const signal = await told;
  log.info({ signal }, 'stopping');
  server?.close();
  await container.close().catch((error: unknown) => fail('The worker did not stop cleanly', error));
  process.exit(0);
}

async function start(queues: readonly QueueName[]) {
  const config = loadConfig();
  const log = createLogger({ level: config.log.level, format: config.log.format });
  const container = await createContainer(config, { log });
  const server = await serveHealth(container, config, queues);
  await container.work(queues);
  log.info({ queues }, 'working');
  return { container, server, log };
}

/** `/health/live`, `/health/ready` and `/metrics` on HEALTH_PORT; null without one. */
async function serveHealth(container: Container, config: Config, queues: readonly QueueName[]): Promise<Server | null> {
  const { healthPort, host } = config.http;
  if (healthPort === null) return null;
  const server = createServer((req, res) => {
    const answer = async () => {
      if (req.url === '/metrics') return answerMetrics(req, res, container.metrics, config.metricsToken?.reveal() ?? null);
      const report = req.url === '/health/ready' ? await checkHealth(container, queues) : { status: 'ok' };
      res.writeHead(report.status === 'down' ? 503 : 200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      res.end(JSON.stringify(report));
    };
    answer().catch((error: unknown) => sendProblem(req, res, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', () => reject(new Error(`HEALTH_PORT ${healthPort} cannot be listened on: another process has it`)));
    server.listen(healthPort, host, resolve);
  });
  return server;
}

function fail(what: string, error: unknown): never {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${error instanceof ConfigError || error instanceof StartError ? error.message : `${what}: ${why}`}\n`);
  process.exit(1);
}
