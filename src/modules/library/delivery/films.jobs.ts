import { z } from 'zod';
import { defineJob, type JobDef } from '../../../platform/queue/queue.ts';
import { FILM_DEADLINE_MS, type FilmMaker } from './films.maker.ts';

const payload = z.object({
  filmId: z.uuid(),
  /** Its place among the open wishes of its workspace when it was noted. */
  turn: z.int().min(1).default(1),
});

export type FilmJob = JobDef<z.infer<typeof payload>>;

/**
 * Makes what a URL asked of a film. It may wait as long for another film as it takes itself. The first wish of a workspace comes before the
 * second of any other: whoever asks for fifty waits longest.
 */
export function filmJob(maker: FilmMaker): FilmJob {
  return defineJob({
    name: 'delivery.film',
    queue: 'video',
    payload,
    attempts: 3,
    timeoutMs: 2 * FILM_DEADLINE_MS,
    priorityOf: ({ turn }) => turn,
    handle: (ctx, { filmId }, run) => maker.run(ctx, filmId, run),
    onFailed: (ctx, { filmId }) => maker.giveUp(ctx, filmId),
  });
}
