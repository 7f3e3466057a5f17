import { z } from 'zod';
import { defineJob, type JobDef } from '../../../platform/queue/queue.ts';
import { FILM_DEADLINE_MS, type FilmMaker } from './films.maker.ts';

/** Makes what a URL asked of a film. It may wait as long for another film as it takes itself. */
export function filmJob(maker: FilmMaker): JobDef<{ filmId: string }> {
  return defineJob({
    name: 'delivery.film',
    queue: 'video',
    payload: z.object({ filmId: z.uuid() }),
    attempts: 3,
    timeoutMs: 2 * FILM_DEADLINE_MS,
    handle: (ctx, { filmId }, run) => maker.run(ctx, filmId, run),
    onFailed: (ctx, { filmId }) => maker.giveUp(ctx, filmId),
  });
}
