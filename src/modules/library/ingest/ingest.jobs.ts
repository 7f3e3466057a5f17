import { z } from 'zod';
import { systemContext } from '../../../context.ts';
import type { Log } from '../../../platform/log.ts';
import { defineJob, type JobDef, type JobQueue } from '../../../platform/queue/queue.ts';
import type { AssetsStoreRepository } from '../assets/index.ts';
import type { IngestService } from './ingest.service.ts';

const payload = z.object({ assetId: z.uuid(), versionId: z.uuid() });
export type IngestPayload = z.infer<typeof payload>;

/**
 * A film waits for a slot three times (identification, still, clip), each time at most for another film's clip (15 minutes), and
 * then takes as long itself. Waiting is no failure and costs no attempt.
 */
const TIMEOUT_MS = 75 * 60_000;

/** Makes an uploaded file ready. */
export function ingestJob(service: IngestService): JobDef<IngestPayload> {
  return defineJob({
    name: 'assets.ingest',
    queue: 'media',
    payload,
    attempts: 4,
    timeoutMs: TIMEOUT_MS,
    handle: (ctx, payload, run) => service.ingest(ctx, payload, run),
    onFailed: (ctx, payload, error) => service.giveUp(ctx, payload, error),
  });
}

/** Reads a file again whose pictures an older pipeline made. New uploads go first; when it fails, what there is stays. */
export function refreshJob(service: IngestService): JobDef<IngestPayload> {
  return defineJob({
    name: 'assets.refresh',
    queue: 'media',
    payload,
    attempts: 4,
    priority: 20,
    timeoutMs: TIMEOUT_MS,
    handle: (ctx, payload, run) => service.refresh(ctx, payload, run),
  });
}

/** How long an asset may be processing with no job at work before its job is made again (sweeper e). */
const STUCK_MS = 10 * 60_000;

/** Every 5 minutes: assets whose job got lost get a new one, and windows that opened or closed reach the index. */
export function tidyJob(deps: {
  store: AssetsStoreRepository;
  queue: JobQueue;
  ingest: JobDef<IngestPayload>;
  reindex(workspaceId: string, ids: string[]): Promise<void>;
  log: Log;
}): JobDef<Record<string, never>> {
  const EVERY = 5 * 60_000;
  // The first run of a process looks at all windows there ever were: none may have been at work when they opened or closed.
  let since = new Date(0);
  return defineJob<Record<string, never>>({
    name: 'assets.tidy',
    queue: 'cron',
    payload: z.record(z.string(), z.never()),
    every: EVERY,
    handle: async (ctx) => {
      const now = ctx.clock.now();
      const stuck = await deps.store.stuck({}, new Date(now.getTime() - STUCK_MS), 500);
      for (const item of stuck) {
        await deps.queue.enqueue(
          systemContext(item.workspaceId),
          deps.ingest,
          { assetId: item.id, versionId: item.versionId },
          { subject: item.id },
        );
      }
      if (stuck.length > 0) deps.log.warn({ count: stuck.length }, 'assets without a live job were queued again');
      const crossed = await deps.store.windowsCrossed({}, since, now);
      for (const [workspaceId, ids] of groupByWorkspace(crossed)) await deps.reindex(workspaceId, ids);
      since = new Date(now.getTime() - 3 * EVERY);
    },
  });
}

function groupByWorkspace(items: readonly { id: string; workspaceId: string }[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { id, workspaceId } of items) groups.set(workspaceId, [...(groups.get(workspaceId) ?? []), id]);
  return groups;
}
