import { z } from 'zod';
import type { Ctx } from '../../../context.ts';
import type { Log } from '../../../platform/log.ts';
import { defineJob, type JobDef, type JobQueue } from '../../../platform/queue/queue.ts';
import { parseTransformation, type Recipe, readSteps, TransformationError } from '../renditions/index.ts';
import { DeliveryError } from './delivery.answers.ts';
import type { AssetLookup } from './delivery.lookup.ts';
import type { FilmLookup } from './films.lookup.ts';
import { filmRequest } from './films.request.ts';

export interface LadderAheadDeps {
  readonly queue: JobQueue;
  readonly lookup: AssetLookup;
  readonly films: FilmLookup;
  readonly log: Log;
  /** Steps, `360_720`; null = none is made ahead. */
  readonly steps: string | null;
}

export interface LadderAhead {
  readonly job: JobDef<{ assetId: string }>;
  /** A film is ready: its ladder is wanted, in the caller's transaction. */
  ready(ctx: Ctx, assetId: string): Promise<void>;
}

const isLasting = (error: unknown): boolean =>
  error instanceof TransformationError || (error instanceof DeliveryError && error.code !== 'EBUSY');

/** The recipe of `?tr=sr-360_720`: what is made ahead is what an address asks for. */
const recipeOf = (steps: string): Recipe => readSteps(parseTransformation(`sr-${steps}`));

/** Makes the streaming ladder of every film before anybody asks. */
export function ladderAhead({ queue, lookup, films, steps, log }: LadderAheadDeps): LadderAhead {
  const job = defineJob({
    name: 'films.ahead',
    queue: 'video',
    payload: z.object({ assetId: z.uuid() }),
    // Where many films wait already it is tried later.
    attempts: 8,
    handle: async (ctx, { assetId }) => {
      const asset = steps === null ? null : await lookup.byId(ctx, assetId, null);
      if (steps === null || !asset || asset.trashed || asset.kind !== 'video') return;
      try {
        const none = { hints: { width: null, dpr: null }, acceptsWebm: false, thrifty: false, pictures: [], files: [] };
        await films.ask(ctx, asset, filmRequest('hls', asset, recipeOf(steps), none), null);
      } catch (error) {
        // There is none to be had, today or in an hour: whoever asks is told why.
        if (!isLasting(error)) throw error;
        log.info({ assetId, err: error }, 'no ladder is made ahead of this film');
      }
    },
  });
  return {
    job,
    ready: async (ctx, assetId) => {
      if (steps !== null) await queue.enqueue(ctx, job, { assetId }, { subject: assetId });
    },
  };
}
