import type { FilmRow, FilmsRepository } from '../../../src/modules/library/delivery/films.repository.ts';
import { FilmsService } from '../../../src/modules/library/delivery/films.service.ts';
import { filmJob } from '../../../src/modules/library/delivery/films.jobs.ts';
import type { FilmMaker } from '../../../src/modules/library/delivery/films.maker.ts';

/** Wishes for films in memory; nobody works on them. */
export function memoryFilms() {
  const rows: FilmRow[] = [];
  const repository = {
    byRecipe: async (_ctx: unknown, versionId: string, hash: string) =>
      rows.find((row) => row.versionId === versionId && row.recipeHash === hash) ?? null,
    byId: async (_ctx: unknown, id: string) => rows.find((row) => row.id === id) ?? null,
    open: async () => rows.filter(({ state }) => state === 'queued' || state === 'running').length,
    add: async (ctx: { workspaceId: string }, film: Partial<FilmRow>) => {
      const made = { pieces: {}, codecs: {}, bytes: 0 };
      rows.push({
        ...(film as FilmRow),
        workspaceId: ctx.workspaceId,
        state: 'queued',
        progress: 0,
        reason: null,
        made,
        updatedAt: new Date(),
        askedAt: new Date(),
      });
      return true;
    },
  };
  const films = new FilmsService({
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the service calls is all there
    repository: repository as unknown as FilmsRepository,
    transactions: { run: async (ctx, work) => work(ctx as Parameters<typeof work>[0]) },
    queue: {
      enqueue: async () => undefined,
      enqueueMany: async () => undefined,
    },
    job: filmJob({} as FilmMaker),
  });
  return { films };
}
