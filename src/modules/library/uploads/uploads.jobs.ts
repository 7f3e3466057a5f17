import { z } from 'zod';
import type { Log } from '../../../platform/log.ts';
import { defineJob, type JobDef } from '../../../platform/queue/queue.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Key, Storage } from '../../../platform/storage/storage.ts';
import { giveBack } from './uploads.objects.ts';
import type { UploadsRepository } from './uploads.repository.ts';

export interface SweepDeps {
  repository: UploadsRepository;
  storage: Storage;
  log: Log;
  /** Objects without a row younger than this may still become one. */
  graceMs: number;
}

const BATCH = 200;
const UUID = /^[0-9a-f-]{36}$/;

/** How long a key answers for its first request (decisions 6). */
const KEY_KEPT_MS = 24 * 3_600_000;

export interface Swept {
  /** Uploads whose time was over. */
  readonly expired: number;
  /** Objects and drafts that no row knows. */
  readonly orphans: number;
  readonly drafts: number;
  /** Rows that nobody can ask for any more. */
  readonly forgotten: number;
}

/**
 * Every 15 minutes: uploads whose time is over give their bytes back, and objects and drafts under `originals/` that no row
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
      if (result.expired + result.orphans + result.drafts > 0)
        deps.log.info({ ...result }, 'swept unfinished uploads, orphaned objects and drafts');
    },
  }) as JobDef<never>;
}

export async function sweep(deps: SweepDeps, now: Date): Promise<Swept> {
  const { repository, storage } = deps;
  // Row first: an aborted object must never look like a finished one. What a crash leaves after this is among the unknown below.
  const overdue = await repository.expireOverdue(now, 1000);
  for (const upload of overdue) await giveBack(deps, upload);
  let [orphans, drafts] = [0, 0];
  for await (const lost of unknown(deps, storage.list(keys.originalsPrefix), now)) {
    await storage.remove(lost.map((object) => object.key));
    orphans += lost.length;
  }
  for await (const lost of unknown(deps, storage.drafts(keys.originalsPrefix), now)) {
    for (const draft of lost) await storage.abort(draft);
    drafts += lost.length;
  }
  const forgotten = await repository.prune(now, new Date(now.getTime() - KEY_KEPT_MS));
  return { expired: overdue.length, orphans, drafts, forgotten };
}

/** Those that are past the grace time and belong to no blob and no running upload, in batches. */
async function* unknown<T extends { key: Key; modifiedAt: Date }>(
  { repository, graceMs }: SweepDeps,
  found: AsyncIterable<T>,
  now: Date,
): AsyncIterable<T[]> {
  let batch = new Map<string, T>();
  const lost = async (): Promise<T[]> => {
    const known = await repository.knownBlobs([...batch.keys()]);
    const rest = [...batch].filter(([blobId]) => !known.has(blobId)).map(([, item]) => item);
    batch = new Map();
    return rest;
  };
  for await (const item of found) {
    const blobId = item.key.split('/')[2];
    if (blobId === undefined || !UUID.test(blobId) || now.getTime() - item.modifiedAt.getTime() < graceMs) continue;
    batch.set(blobId, item);
    if (batch.size >= BATCH) yield await lost();
  }
  if (batch.size > 0) yield await lost();
}
