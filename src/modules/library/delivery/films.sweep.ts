import { z } from 'zod';
import type { Ctx } from '../../../context.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import type { Log } from '../../../platform/log.ts';
import { defineJob, type JobDef } from '../../../platform/queue/queue.ts';
import type { Key, Storage } from '../../../platform/storage/storage.ts';
import type { Ended, FilmsRepository, Pieces } from './films.repository.ts';
import { piecesPrefix } from './films.request.ts';

export interface FilmSweepDeps {
  readonly repository: FilmsRepository;
  readonly transactions: TransactionRunner;
  readonly storage: Storage;
  readonly log: Log;
  /** Days for which a film is kept that nobody asks for; 0 = for ever. */
  readonly keepDays: number;
}

const DAY = 24 * 3_600_000;
const BATCH = 200;

type RemoveDeps = Pick<FilmSweepDeps, 'repository' | 'transactions' | 'storage'>;

/** Everything that was made for a film lies under its hash. */
export async function removePieces(storage: Storage, film: Pieces): Promise<void> {
  const found: Key[] = [];
  for await (const { key } of storage.list(piecesPrefix(film))) found.push(key);
  if (found.length > 0) await storage.remove(found);
}

/**
 * The row goes with the pieces, in one transaction: who asks meanwhile waits, and makes it under the same names when all is over. After a crash in between
 * the row finds its pieces gone (`lost`). Of several rows of the same pieces the last one takes them along.
 * @returns false when somebody asked for it in the meantime
 */
export function removeFilm({ repository, transactions, storage }: RemoveDeps, ctx: Ctx, film: Ended, since: Date): Promise<boolean> {
  return transactions.run(ctx, async (trx) => {
    await repository.lockPieces(trx, film);
    const bytes = await repository.forget(trx, film, since);
    if (bytes === null) return false;
    if (!(await repository.inherit(trx, film, film.id, bytes))) await removePieces(storage, film);
    return true;
  });
}

/**
 * Removes films that nobody asked for in so many days; asked for again, they are made again.
 * @returns how many
 */
export async function sweepFilms(deps: Omit<FilmSweepDeps, 'log'>, ctx: Ctx): Promise<number> {
  const { repository, keepDays } = deps;
  if (keepDays === 0) return 0;
  const since = new Date(ctx.clock.now().getTime() - keepDays * DAY);
  let removed = 0;
  for (const film of await repository.unasked(ctx, since, BATCH)) {
    if (await removeFilm(deps, ctx, film, since)) removed += 1;
  }
  return removed;
}

/** Looks in the store how much those ladders take of which it was never noted. */
export async function countFilms({ repository, storage }: Pick<FilmSweepDeps, 'repository' | 'storage'>, ctx: Ctx): Promise<void> {
  for (const film of await repository.uncounted(ctx, BATCH)) {
    let bytes = 0;
    for await (const piece of storage.list(piecesPrefix(film))) bytes += piece.bytes;
    await repository.takes(ctx, film.id, bytes);
  }
}

/** Every hour, some at a time. */
export function filmSweepJob(deps: FilmSweepDeps): JobDef<never> {
  return defineJob<Record<string, never>>({
    name: 'films.sweep',
    queue: 'cron',
    payload: z.record(z.string(), z.never()),
    every: 3_600_000,
    timeoutMs: 30 * 60_000,
    handle: async (ctx) => {
      await countFilms(deps, ctx);
      const removed = await sweepFilms(deps, ctx);
      if (removed > 0) deps.log.info({ removed }, 'films that nobody asks for any more were removed');
    },
  }) as JobDef<never>;
}
