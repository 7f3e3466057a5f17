import { createServer } from 'node:http';
import { ConfigError, loadConfig } from '../config/config.ts';
import { createContainer } from './container.ts';
import { checkHealth } from './health.ts';
import { answerMetrics } from './platform/http/metrics-endpoint.ts';
import { sendProblem } from './platform/http/problem.ts';
import { createLogger } from './platform/log.ts';
import type { QueueName } from './platform/queue/queue.ts';

/** A process that only works jobs: the same container as the web process, other entry. Ends on SIGTERM and SIGINT. */
export async function runWorker(queues: readonly QueueName[]): Promise<void> {
  try {
    const config = loadConfig();
    const log = createLogger({ level: config.log.level, format: config.log.format });
    const container = await createContainer(config, { log });
    const server = createServer((req, res) => {
      const answer = async () => {
        if (req.url === '/metrics') return answerMetrics(req, res, container.metrics, config.metricsToken?.reveal() ?? null);
        const report = req.url === '/health/ready' ? await checkHealth(container) : { status: 'ok' };
        res.writeHead(report.status === 'down' ? 503 : 200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
        res.end(JSON.stringify(report));
      };
      answer().catch((error: unknown) => sendProblem(req, res, error));
    });
    if (config.http.healthPort !== null) server.listen(config.http.healthPort, config.http.host);
    await container.work(queues);
    log.info({ queues }, 'working');
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', () => resolve());
      process.once('SIGINT', () => resolve());
    });
    log.info({}, 'stopping');
    server.close();
    await container.close();
    process.exit(0);
  } catch (error) {
    process.stderr.write(
      `${error instanceof ConfigError ? error.message : `The worker could not start: ${String(error instanceof Error ? error.stack : error)}`}\n`,
    );
    process.exit(1);
  }
}
