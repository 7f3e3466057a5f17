import { z } from 'zod';
import { defineJob, type JobDef } from '../../../platform/queue/queue.ts';
import type { AccountsRepository } from './accounts.repository.ts';

/** Ended sessions, links nobody used and old sign-in attempts, once an hour. */
export function identityJobs(accounts: AccountsRepository): JobDef<Record<string, never>>[] {
  return [
    defineJob({
      name: 'identity.clean',
      queue: 'cron',
      payload: z.strictObject({}),
      every: 3_600_000,
      handle: (ctx) => accounts.deleteExpired(ctx),
    }),
  ];
}
