import { z } from 'zod';
import { systemContext } from '../../../context.ts';
import type { Log } from '../../../platform/log.ts';
import { defineJob, type JobDef } from '../../../platform/queue/queue.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Key, Storage } from '../../../platform/storage/storage.ts';
import type { UploadsRepository } from './uploads.repository.ts';

export interface SweepDeps {
  repository: UploadsRepository;
  storage: Storage;
  log: Log;
  /** Objects without a row younger than this may still become one. */
  graceMs: number;
}

const BATCH = 200;

/**
 * Every 15 minutes: uploads whose time is over give their bytes back, and objects under `originals/` that no row
 * knows are removed after the grace time (security-reliability 2.2, sweeper a and b). Running twice changes nothing.
 */
export function sweepJob(deps: SweepDeps): JobDef<never> {
  return defineJob<Record<string, never>>({
    name: 'uploads.sweep',
    queue: 'cron',
    payload: z.object({}) as never,
    every: 15 * 60_000,
    timeoutMs: 14 * 60_000,
    handle: async (ctx) => {
      const result = await sweep(deps, ctx.clock.now());
      if (result.expired + result.orphans > 0) deps.log.info(result, 'swept unfinished uploads and orphaned objects');
    },
  }) as JobDef<never>;
}

export async function sweep(deps: SweepDeps, now: Date): Promise<{ expired: number; orphans: number }> {
  const { repository, storage } = deps;
  let expired = 0;
  for (const upload of await repository.expired(now, 1000)) {
    // Row first: an aborted object must never look like a finished one.
    await repository.setState(systemContext(upload.workspaceId), upload.id, 'expired');
    if (upload.draft) await storage.abort({ key: upload.draft.key as Key, state: upload.draft.state });
    expired++;
  }
  let orphans = 0;
  let batch: { key: Key; blobId: string }[] = [];
  const flush = async () => {
    const known = await repository.knownBlobs(batch.map((item) => item.blobId));
    const lost = batch.filter((item) => !known.has(item.blobId)).map((item) => item.key);
    if (lost.length > 0) await storage.remove(lost);
    orphans += lost.length;
    batch = [];
  };
  for await (const object of storage.list(keys.originalsPrefix)) {
    const blobId = object.key.split('/')[2];
    if (blobId === undefined || !/^[0-9a-f-]{36}$/.test(blobId) || now.getTime() - object.modifiedAt.getTime() < deps.graceMs) continue;
    batch.push({ key: object.key, blobId });
    if (batch.length >= BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return { expired, orphans };
}
