import type { Actor } from '../../../context.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import type { AnyRoute } from '../../../platform/http/route.ts';
import type { Log } from '../../../platform/log.ts';
import type { JobDef, JobQueue } from '../../../platform/queue/queue.ts';
import type { AuditLog } from '../audit-log/index.ts';
import type { Live } from '../live/index.ts';
import { makeRunJob, pruneJob } from './jobs.jobs.ts';
import { type JobKind, JobKinds } from './jobs.kinds.ts';
import { JobsRepository } from './jobs.repository.ts';
import { jobRoutes } from './jobs.routes.ts';
import { JobsService } from './jobs.service.ts';
import { ProgressService } from './progress.service.ts';
import { RunnerService } from './runner.service.ts';

export type { ItemDone, JobKind, JobParams } from './jobs.kinds.ts';
export { jobRoutes } from './jobs.routes.ts';
export { jobStartedSchema } from './jobs.schema.ts';

export interface JobsOptions {
  readonly dataSource: ConstructorParameters<typeof JobsRepository>[0];
  readonly transactions: TransactionRunner;
  readonly queue: JobQueue;
  readonly live: Live;
  readonly audit: AuditLog;
  readonly log: Log;
  /** `identity.principals.actorOf`: a job acts as its person is now. */
  actorOf(workspaceId: string, principal: { kind: string; id: string }): Promise<Actor | null>;
}

export interface Jobs {
  /** Once per kind, at construction of the module that does the work. */
  registerKind(kind: JobKind): void;
  start: JobsService['start'];
  get: JobsService['get'];
  list: JobsService['list'];
  cancel: JobsService['cancel'];
  undo: JobsService['undo'];
  readonly routes: AnyRoute[];
  // oxlint-disable-next-line typescript/no-explicit-any -- the list of all jobs mixes payload types
  readonly jobs: readonly JobDef<any>[];
}

export function createJobs(options: JobsOptions): Jobs {
  const { dataSource, transactions, queue, live, audit, log } = options;
  const repository = new JobsRepository(dataSource);
  const kinds = new JobKinds();
  const progress = new ProgressService(repository, live);
  const actorOf: JobsOptions['actorOf'] = (workspaceId, principal) => options.actorOf(workspaceId, principal);
  const runner = new RunnerService({ repository, transactions, kinds, progress, log, actorOf });
  const runJob = makeRunJob(runner, repository, progress, queue);
  const service = new JobsService({ repository, transactions, queue, kinds, audit, runJob });
  return {
    registerKind: (kind) => kinds.register(kind),
    start: (ctx, job) => service.start(ctx, job),
    get: (ctx, id) => service.get(ctx, id),
    list: (ctx) => service.list(ctx),
    cancel: (ctx, id) => service.cancel(ctx, id),
    undo: (ctx, id) => service.undo(ctx, id),
    routes: jobRoutes(service),
    jobs: [runJob, pruneJob(repository)],
  };
}
