import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Ctx } from '../../../context.ts';
import type { Log } from '../../../platform/log.ts';
import { defineJob, type JobDef, type JobQueue } from '../../../platform/queue/queue.ts';
import { DECISION_TTL_MS } from './delivery.decisions.ts';
import { CALL_TIMEOUT_MS, MAX_KEYS, type PurgeCall } from './delivery.purge.ts';
import { assetTag, workspaceTag } from './delivery.tags.ts';
import type { PurgeRepository } from './purge.repository.ts';

const payload = z.record(z.string(), z.unknown());
type Payload = z.infer<typeof payload>;
/** Of jobs from before tags were noted (ADR 0323). */
const older = z.object({ assetIds: z.array(z.string()) });

export interface CdnPurge {
  readonly jobs: readonly JobDef<never>[];
  /** Has everything that shows these assets forgotten, once the transaction of `ctx` is committed. */
  changed(ctx: Ctx, assetIds: readonly string[]): Promise<void>;
  /** The same for everything of the workspace. */
  changedWorkspace(ctx: Ctx): Promise<void>;
}

/** Changes that come within this time are told together. */
const GATHER_MS = 200;
/** A job gives others a chance after this time. */
const WORK_MS = 30_000;
/** Whoever has the turn says so again before each call. */
const TURN_MS = CALL_TIMEOUT_MS + 10_000;
const SWEEP_MS = 60_000;

export interface PurgeDeps {
  readonly queue: JobQueue;
  readonly repository: PurgeRepository;
  /** null = no CDN is configured: nothing is noted, and what is left over from before stays where it is. */
  readonly call: PurgeCall | null;
  readonly log: Log;
}

/**
 * Purging: tags are noted in the change's transaction, and one job at a time tells all that wait. A change's own job ends at once where another one is at it, so that
 * a hook that hangs keeps one place of the queue and no more. Not lost, tried again, and harmless when done twice.
 */
export function cdnPurge({ queue, repository, call, log }: PurgeDeps): CdnPurge {
  /** Tells what is due until there is nothing more, or for as long as a job may. */
  async function tell(ctx: Ctx, owner: string, call: PurgeCall): Promise<void> {
    const end = ctx.clock.now().getTime() + WORK_MS;
    while (ctx.clock.now().getTime() < end && (await repository.takeTurn(ctx, owner, TURN_MS))) {
      const rows = await repository.due(ctx, MAX_KEYS);
      if (rows.length === 0) return;
      await call([...new Set(rows.map(({ tag }) => tag))]);
      await repository.remove(
        ctx,
        rows.map(({ id }) => id),
      );
      if (rows.length < MAX_KEYS) await sleep(GATHER_MS, undefined, { signal: ctx.signal });
    }
  }

  const job: JobDef<Payload> = defineJob<Payload>({
    name: 'delivery.purge',
    queue: 'io',
    payload,
    attempts: 12,
    timeoutMs: 60_000,
    handle: async (ctx, payload, run) => {
      const owner = randomUUID();
      const left = older.safeParse(payload);
      if (call && left.success) await repository.add(ctx, left.data.assetIds.map(assetTag), 0);
      if (call && (await repository.takeTurn(ctx, owner, TURN_MS))) {
        try {
          await tell(ctx, owner, call);
        } finally {
          await repository.endTurn(ctx, owner);
        }
        // What came due while its own job saw the turn taken.
        const more = (await repository.due(ctx, 1)).length > 0;
        await run.complete(ctx, more ? (ctx) => queue.enqueue(ctx, job, {}) : undefined);
      }
    },
    onFailed: async (_ctx, _payload, error) => {
      log.error({ err: error }, 'the CDN was not told of changes; they stay noted, and are told when it answers again');
    },
  });

  /** The job that would have told may have given up. */
  const sweep = defineJob<Payload>({
    name: 'delivery.purge_rest',
    queue: 'cron',
    payload,
    every: SWEEP_MS,
    handle: async (ctx) => {
      if (!call || (await repository.due(ctx, 1)).length === 0) return;
      await queue.enqueue(ctx, job, {});
    },
  });

  /** Not before every process has forgotten what it knew: else one of them fills the CDN with it again. */
  async function note(ctx: Ctx, tags: readonly string[]): Promise<void> {
    await queue.enqueue(ctx, job, {}, { delayMs: await repository.add(ctx, tags, DECISION_TTL_MS) });
  }

  return {
    jobs: [job as JobDef<never>, sweep as JobDef<never>],
    async changed(ctx, assetIds) {
      if (call && assetIds.length > 0) await note(ctx, assetIds.map(assetTag));
    },
    async changedWorkspace(ctx) {
      if (call) await note(ctx, [workspaceTag(ctx.workspaceId)]);
    },
  };
}
