import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { openSecrets } from '../config/secrets.ts';
import { migrations } from '../migrations/index.ts';
import { type Adapters, createAdapters } from './container/adapters.ts';
import { collectGauges } from './container/gauges.ts';
import { createModules, type Modules } from './container/modules.ts';
import { systemContext } from './context.ts';
import { setFailpoint } from './platform/failpoint.ts';
import type { Log } from './platform/log.ts';
import { createMetrics, type Metrics } from './platform/metrics.ts';
import { QUEUES, type QueueName } from './platform/queue/queue.ts';
import type { Telemetry } from './telemetry.ts';

/** The composition root: adapters first, then modules. It is the only place that knows every concrete class. */

export interface Container extends Adapters, Modules {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly telemetry: Telemetry;
  /** The first workspace, once `prepare` has run. */
  readonly workspaceId: string;
  /** A one-time sign-in link while the first administrator has neither a password nor ever signed in. */
  readonly signIn: { email: string | null; link: string | null };
  /** Starts working jobs of these queues in this process. */
  work(queues?: readonly QueueName[]): Promise<void>;
  close(): Promise<void>;
}

export interface ContainerOptions {
  readonly log: Log;
  readonly overrides?: Partial<Adapters>;
}

/**
 * Connects everything this configuration names: starts the embedded database when there is no other, migrates, and makes
 * the first workspace. Throws when a part cannot be reached; what was begun is closed again.
 */
export async function createContainer(config: Config, options: ContainerOptions): Promise<Container> {
  const { log } = options;
  setFailpoint(config.failpoint ?? undefined);
  await mkdir(join(config.dataDir, 'tmp'), { recursive: true, mode: 0o700 });
  const secrets = await openSecrets(config);
  const metrics = createMetrics();
  const telemetry: Telemetry = { log, metrics };
  const adapters = await createAdapters(config, log, migrations, options.overrides ?? {}, telemetry);
  try {
    const modules = await createModules({ config, log, telemetry, secrets, adapters });
    const first = await modules.identity.firstStart.ensure(systemContext(''), {
      adminEmail: config.admin.email,
      adminPassword: config.admin.password?.reveal() ?? null,
    });
    await modules.bindWorkspace(first.workspaceId);
    collectGauges(telemetry, adapters, modules);
    return {
      ...adapters,
      ...modules,
      config,
      log,
      metrics,
      telemetry,
      workspaceId: first.workspaceId,
      signIn: { email: first.adminEmail, link: first.signInLink ?? null },
      work: async (queues = QUEUES) => {
        adapters.runner.register(modules.jobDefs);
        await adapters.runner.start(queues);
      },
      close: async () => {
        await adapters.runner.close(config.http.shutdownGraceMs);
        await modules.close();
        await adapters.close();
      },
    };
  } catch (error) {
    await adapters.close().catch((closing: unknown) => log.warn({ err: closing }, 'closing after a failed start failed'));
    throw error;
  }
}
