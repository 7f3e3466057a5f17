import type { FilmRow, FilmsRepository } from '../../../src/modules/library/delivery/films.repository.ts';
import { FilmsService } from '../../../src/modules/library/delivery/films.service.ts';
import { filmJob } from '../../../src/modules/library/delivery/films.jobs.ts';
import type { FilmMaker } from '../../../src/modules/library/delivery/films.maker.ts';

const NOTHING = { pieces: {}, codecs: {}, bytes: 0 };

/** Wishes for films in memory; nobody works on them, but a test may say what has come of one. */
export function memoryFilms() {
  const rows: FilmRow[] = [];
  const repository = {
    byRecipe: async (_ctx: unknown, versionId: string, hash: string) =>
      rows.find((row) => row.versionId === versionId && row.recipeHash === hash) ?? null,
    byId: async (_ctx: unknown, id: string) => rows.find((row) => row.id === id) ?? null,
    open: async () => rows.filter(({ state }) => state === 'queued' || state === 'running').length,
    add: async (ctx: { workspaceId: string }, film: Partial<FilmRow>) => {
      rows.push({
        ...(film as FilmRow),
        workspaceId: ctx.workspaceId,
        state: 'queued',
        progress: 0,
        reason: null,
        made: NOTHING,
        updatedAt: new Date(),
      });
      return true;
    },
    again: async (_ctx: unknown, { id, state }: Pick<FilmRow, 'id' | 'state'>) => {
      const row = rows.find((each) => each.id === id && each.state === state);
      if (row) Object.assign(row, { state: 'queued', progress: 0, made: NOTHING });
      return row !== undefined;
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
  return { films, rows };
}
