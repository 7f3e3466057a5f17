import { join } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Ctx, systemClock } from '../context.ts';
import { createAuditLog } from '../modules/core/audit-log/index.ts';
import { createIdentity, type Identity } from '../modules/core/identity/index.ts';
import { createIdempotency, type Idempotency } from '../modules/core/idempotency/index.ts';
import { createJobs, type Jobs } from '../modules/core/jobs/index.ts';
import { createLive } from '../modules/core/live/index.ts';
import { createPermissions } from '../modules/core/permissions/index.ts';
import { UPLOAD_LIFETIME_MS } from '../modules/library/uploads/index.ts';
import type { AnyRoute } from '../platform/http/route.ts';
import { createTus } from '../platform/http/tus.ts';
import type { JobDef } from '../platform/queue/queue.ts';
import type { ModulesDeps } from './deps.ts';
import { createLibrary, type Library } from './library.ts';

export interface Modules extends Library {
  readonly identity: Identity;
  readonly jobs: Jobs;
  readonly idempotency: Idempotency;
  readonly permissions: ReturnType<typeof createPermissions>;
  /** Every route of the API, for the app and for OpenAPI. */
  readonly routes: AnyRoute[];
  readonly jobDefs: JobDef<never>[];
  tus(ctx: Ctx, req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Tells delivery which workspace owns the bare mount. */
  bindWorkspace(workspaceId: string): Promise<void>;
  close(): Promise<void>;
}

/** Core first, library on top of it: the tiers of the architecture, in the order of their arrows. */
export async function createModules(deps: ModulesDeps): Promise<Modules> {
  const { config, log, secrets, adapters } = deps;
  const { database, queue } = adapters;
  const { dataSource, transactions, notifications } = database;
  const audit = createAuditLog({ dataSource });
  const idempotency = createIdempotency({ dataSource, transactions });
  const permissions = createPermissions({ dataSource, transactions, notifications, audit });
  const live = createLive({
    notifications,
    permissions,
    log,
    actorOf: (workspaceId, principal) => identity.principals.actorOf(workspaceId, principal),
  });
  const jobs = createJobs({
    dataSource,
    transactions,
    queue,
    live,
    audit,
    log,
    actorOf: (workspaceId, principal) => identity.principals.actorOf(workspaceId, principal),
  });
  const identity: Identity = createIdentity({
    dataSource,
    databaseUrl: database.url,
    transactions,
    notifications,
    audit,
    permissions,
    log,
    telemetry: deps.telemetry,
    publicUrl: config.http.publicUrl,
    corsOrigins: config.http.corsOrigins,
    appSecret: secrets.deriveText('sessions'),
    rateLimit: config.http.rateLimit,
    uploadMaxBytes: config.limits.uploadMaxBytes,
    quotas: { workspaceBytes: config.limits.workspaceQuotaBytes, personBytes: config.limits.personQuotaBytes },
    onWorkspaceCreated: (ctx, workspaceId, rootAclId) => library.prepareWorkspace({ ...ctx, workspaceId }, rootAclId),
    reservedBytes: (ctx) => library.reservedBytes(ctx),
  });
  const library: Library = createLibrary({
    ...deps,
    audit,
    permissions,
    live,
    jobs,
    identity,
    tempDir: join(config.dataDir, 'tmp'),
    clock: systemClock,
    makeTus: (uploads) =>
      createTus(
        uploads,
        {
          path: '/api/v1/uploads',
          maxBytes: config.limits.uploadMaxBytes,
          lifetimeMs: UPLOAD_LIFETIME_MS,
          allowedOrigins: config.http.corsOrigins,
        },
        (error) => log.error({ err: error }, 'an upload request failed'),
      ),
  });
  await permissions.start();
  await live.start();
  await identity.start();
  await library.start();
  return {
    ...library,
    identity,
    jobs,
    idempotency,
    permissions,
    routes: [...identity.routes, ...audit.routes, ...jobs.routes, ...live.routes, ...library.routes],
    jobDefs: [...(identity.jobs as JobDef<never>[]), ...(jobs.jobs as JobDef<never>[]), ...idempotency.jobs, ...library.jobDefs],
    close: async () => {
      await library.close();
      await identity.close();
    },
  };
}
