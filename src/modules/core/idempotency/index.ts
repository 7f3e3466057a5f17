import type { TransactionRunner } from '../../../platform/database/database.ts';
import type { JobDef } from '../../../platform/queue/queue.ts';
import { pruneKeys } from './idempotency.jobs.ts';
import { IdempotencyRepository } from './idempotency.repository.ts';
import { IdempotencyService } from './idempotency.service.ts';

export interface Idempotency {
  once: IdempotencyService['once'];
  readonly jobs: JobDef<never>[];
}

export function createIdempotency(deps: {
  readonly dataSource: ConstructorParameters<typeof IdempotencyRepository>[0];
  readonly transactions: TransactionRunner;
}): Idempotency {
  const repository = new IdempotencyRepository(deps.dataSource);
  const service = new IdempotencyService(repository, deps.transactions);
  return {
    once: (ctx, request, work) => service.once(ctx, request, work),
    jobs: [pruneKeys(repository) as JobDef<never>],
  };
}
