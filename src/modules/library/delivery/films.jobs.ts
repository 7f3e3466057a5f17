import { z } from 'zod';
import { defineJob, type JobDef } from '../../../platform/queue/queue.ts';
import { FILM_DEADLINE_MS, type FilmMaker } from './films.maker.ts';
import { type FilmSweepDeps, removeFilm } from './films.sweep.ts';

/**
 * Behind this place all wait in the order in which they asked: else those of a library that ever has new wishes would never be made, since a place is
 * counted among the wishes that are open at the time.
 */
const LAST_TURN = 10;

const payload = z.object({
  filmId: z.uuid(),
  /** Its place among the open wishes of its workspace when it was noted. */
  turn: z.int().min(1).default(1),
});

export type FilmJob = JobDef<z.infer<typeof payload>>;

/**
 * Makes what a URL asked of a film. It may wait as long for another film as it takes itself. The first wish of a workspace comes before the
 * second of any other: whoever asks for many waits longest.
 */
export function filmJob(maker: FilmMaker): FilmJob {
  return defineJob({
    name: 'delivery.film',
    queue: 'video',
    payload,
    attempts: 3,
    timeoutMs: 2 * FILM_DEADLINE_MS,
    priorityOf: ({ turn }) => Math.min(turn, LAST_TURN),
    handle: (ctx, { filmId }, run) => maker.run(ctx, filmId, run),
    onFailed: (ctx, { filmId }) => maker.giveUp(ctx, filmId),
  });
}

const FAILED_KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
const BATCH = 100;

/** Films that failed and that nobody asked for since: the rows, and the pieces that were made before they failed. */
export function forgetFailedJob(deps: Pick<FilmSweepDeps, 'repository' | 'transactions' | 'storage'>): JobDef<Record<string, never>> {
  return defineJob({
    name: 'delivery.forget_failed',
    queue: 'cron',
    payload: z.strictObject({}),
    cron: '47 3 * * *',
    handle: async (ctx) => {
      const since = new Date(ctx.clock.now().getTime() - FAILED_KEPT_DAYS * DAY_MS);
      for (let rows = BATCH; rows === BATCH; ) {
        const failed = await deps.repository.failedBefore(ctx, since, BATCH);
        for (const film of failed) await removeFilm(deps, ctx, film, since);
        rows = failed.length;
      }
    },
  });
}
